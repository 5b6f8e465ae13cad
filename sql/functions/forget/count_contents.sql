CREATE OR REPLACE FUNCTION hartonomous_internal.count_contents(p_content_ids integer[])
RETURNS hartonomous.deletion
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_deletion hartonomous.deletion;
BEGIN
    v_deletion.names := array(
        SELECT c.source_identifier FROM hartonomous.content AS c
        WHERE c.content_id = ANY (p_content_ids)
        ORDER BY c.source_identifier COLLATE "C"
    );
    v_deletion.counts := jsonb_build_object(
        'sources', cardinality(v_deletion.names),
        'sites', (SELECT count(*) FROM hartonomous.site AS s WHERE s.content_id = ANY (p_content_ids)),
        'evidence', hartonomous_internal.count_observations(p_content_ids),
        'coordinates', (
            SELECT count(*) FROM hartonomous.composition_coordinate AS p WHERE p.content_id = ANY (p_content_ids)
        )
    );
    RETURN v_deletion;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.count_contents(integer[]) IS
'Internal: the names of sources and how much they hold.';
