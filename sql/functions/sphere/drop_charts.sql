CREATE OR REPLACE FUNCTION hartonomous_internal.drop_charts(p_content_ids integer[])
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM hartonomous.source_chart AS h WHERE h.content_id = ANY (p_content_ids)) THEN
        RETURN;
    END IF;
    DELETE FROM hartonomous.composition_coordinate AS c WHERE c.content_id = ANY (p_content_ids);
    DELETE FROM hartonomous.source_chart AS h WHERE h.content_id = ANY (p_content_ids);
    PERFORM hartonomous_internal.realign_sources();
END
$$;

COMMENT ON FUNCTION hartonomous_internal.drop_charts(integer[]) IS
'Internal: takes away the charts of sources whose evidence changed; the next alignment makes them anew.';
