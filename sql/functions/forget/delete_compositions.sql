CREATE OR REPLACE FUNCTION hartonomous.delete_compositions(p_ids uuid[])
RETURNS hartonomous.deletion
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_deletion hartonomous.deletion;
    v_freed uuid[];
    v_contents integer[];
    v_sources bigint := (SELECT count(*) FROM hartonomous.content);
    v_sites bigint := (SELECT count(*) FROM hartonomous.site);
BEGIN
    v_deletion.names := array(
        SELECT c.label FROM hartonomous.composition AS c
        WHERE c.composition_id = ANY (p_ids)
        ORDER BY c.label COLLATE "C"
    );
    WITH removed AS (
        DELETE FROM hartonomous.relation AS r
        WHERE r.composition_a_id = ANY (p_ids) OR r.composition_b_id = ANY (p_ids)
        RETURNING r.relation_id, r.composition_a_id, r.composition_b_id
    ),
    gone AS (
        DELETE FROM hartonomous.relation_evidence AS e USING removed AS m
        WHERE e.relation_id = m.relation_id
        RETURNING e.content_id
    )
    SELECT
        (SELECT count(*) FROM removed),
        (SELECT count(*) FROM gone),
        array(SELECT DISTINCT g.content_id FROM gone AS g),
        array(SELECT m.composition_a_id FROM removed AS m UNION SELECT m.composition_b_id FROM removed AS m)
    INTO v_deletion.relations_removed, v_deletion.evidence, v_contents, v_freed;
    v_deletion.relations_changed := 0;
    SELECT p.concepts, p.coordinates INTO v_deletion.concepts_removed, v_deletion.coordinates
    FROM hartonomous.prune_compositions(v_freed || p_ids) AS p;
    -- a chart is made from all of a source's relations, so it goes with any of them
    PERFORM hartonomous.drop_charts(v_contents);
    PERFORM hartonomous.drop_empty_sources(v_contents);
    v_deletion.sources := v_sources - (SELECT count(*) FROM hartonomous.content);
    v_deletion.sites := v_sites - (SELECT count(*) FROM hartonomous.site);
    RETURN v_deletion;
END
$$;

COMMENT ON FUNCTION hartonomous.delete_compositions(uuid[]) IS
'Internal: removes concepts with every relation they are in, and what is left without evidence.';
