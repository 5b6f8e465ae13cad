CREATE OR REPLACE FUNCTION hartonomous_internal.drop_charts(p_content_ids integer[])
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM hartonomous.source_chart AS h WHERE h.content_id = ANY (p_content_ids)) THEN
        PERFORM hartonomous_internal.drop_layout();
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.drop_charts(integer[]) IS
'Internal: takes away the layout when what one of its sources says changes.';
