CREATE OR REPLACE FUNCTION hartonomous_internal.trace_evidence()
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous_internal.require_own_table('outgoing_evidence');
    INSERT INTO hartonomous.deletion_trace (evidence)
    SELECT jsonb_agg(jsonb_build_array(
        c.random_id, o.site_id, o.relation_type_id, a.composition_number, b.composition_number
    ))
    FROM (SELECT DISTINCT e.* FROM pg_temp.outgoing_evidence AS e) AS o
    INNER JOIN hartonomous.site AS s ON s.site_id = o.site_id
    INNER JOIN hartonomous.content AS c ON c.content_id = s.content_id
    INNER JOIN hartonomous.composition AS a ON a.composition_id = o.composition_a_id
    INNER JOIN hartonomous.composition AS b ON b.composition_id = o.composition_b_id
    HAVING count(*) > 0;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.trace_evidence() IS
'Internal: notes the pieces of evidence that a DELETE on relation_evidence takes away, for backups that still hold them.';
