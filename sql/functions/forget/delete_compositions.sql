CREATE OR REPLACE FUNCTION hartonomous_internal.delete_compositions(p_composition_numbers integer[])
RETURNS hartonomous.deletion
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_deletion hartonomous.deletion;
    v_sources constant bigint := (SELECT count(*) FROM hartonomous.content);
    v_sites constant bigint := (SELECT count(*) FROM hartonomous.site);
    v_cleared record;
    v_contents integer[];
    v_touched integer[];
    v_own bigint;
    v_pruned record;
BEGIN
    v_deletion.names := array(
        SELECT c.label FROM hartonomous.composition AS c
        WHERE c.composition_number = ANY (p_composition_numbers)
        ORDER BY c.label COLLATE "C"
    );
    PERFORM hartonomous_internal.trace_compositions(p_composition_numbers);
    WITH gone AS (
        DELETE FROM hartonomous.relation_list AS l
        WHERE l.composition_number = ANY (p_composition_numbers)
        RETURNING l.content_id, array_remove(l.neighbours, 0) AS neighbours
    )
    SELECT
        coalesce(sum(cardinality(g.neighbours)), 0),
        coalesce(array_agg(DISTINCT g.content_id), '{}'),
        array(SELECT DISTINCT unnest(n.neighbours) FROM gone AS n)
    INTO v_own, v_contents, v_touched
    FROM gone AS g;
    SELECT c.* INTO v_cleared FROM hartonomous_internal.clear_neighbours(p_composition_numbers) AS c;
    v_contents := v_contents || v_cleared.content_ids;
    v_touched := v_touched || v_cleared.listed_by || p_composition_numbers;
    PERFORM hartonomous_internal.drop_summaries(v_touched);
    PERFORM hartonomous_internal.drop_empty_rows(v_contents, v_touched);
    SELECT p.* INTO v_pruned FROM hartonomous_internal.prune_compositions(v_touched) AS p;
    -- a chart is made from all of a source's relations, so it goes with any of them
    PERFORM hartonomous_internal.drop_charts(v_contents);
    PERFORM hartonomous_internal.drop_empty_sources(v_contents);
    PERFORM hartonomous_internal.refresh_source_pairs(v_contents);
    v_deletion.counts := jsonb_build_object(
        'sources', v_sources - (SELECT count(*) FROM hartonomous.content),
        'sites', v_sites - (SELECT count(*) FROM hartonomous.site),
        'evidence', v_own + v_cleared.evidence,
        'concepts_removed', v_pruned.concepts,
        'coordinates', v_pruned.coordinates
    );
    RETURN v_deletion;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.delete_compositions(integer[]) IS
'Internal: removes concepts with every relation they are in, and what is left without evidence.';
