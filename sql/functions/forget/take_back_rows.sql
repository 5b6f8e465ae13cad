-- Takes evidence out of the relations one row at a time, the way for a small part of the graph.
-- The sums are integers, so what is left is what would be there had the evidence never come.
CREATE OR REPLACE FUNCTION hartonomous.take_back_rows(
    p_content_ids integer[],
    p_own_partition text DEFAULT NULL,
    OUT evidence bigint,
    OUT relations_removed bigint,
    OUT relations_changed bigint,
    OUT freed uuid[]
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
-- a few rows are looked up by their key; any other join would read all relations
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
DECLARE
    -- a partition of its own is dropped later, so its rows are only read
    v_rows text := CASE
        WHEN p_own_partition IS NOT NULL THEN format('SELECT e.* FROM hartonomous.%I AS e', p_own_partition)
        ELSE 'DELETE FROM hartonomous.relation_evidence_shared AS e WHERE e.content_id = ANY ($1) RETURNING e.*'
    END;
BEGIN
    EXECUTE
        'WITH gone AS (' || v_rows || '), outgoing AS MATERIALIZED ('
        '    SELECT g.relation_id, count(DISTINCT g.content_id) AS source_count, count(*) AS evidence_count,'
        '        count(*) FILTER (WHERE g.weight = 0 AND g.rank IS NULL) AS rejection_count,'
        '        sum(round(g.weight * 1048576)::bigint) AS weight_sum'
        '    FROM gone AS g GROUP BY g.relation_id'
        '), changed AS ('
        '    UPDATE hartonomous.relation AS r SET'
        '        source_count = r.source_count - o.source_count,'
        '        evidence_count = r.evidence_count - o.evidence_count,'
        '        rejection_count = r.rejection_count - o.rejection_count,'
        '        weight_sum = r.weight_sum - o.weight_sum'
        '    FROM outgoing AS o'
        '    WHERE r.relation_id = o.relation_id AND r.evidence_count > o.evidence_count'
        '    RETURNING r.relation_id'
        '), removed AS ('
        '    DELETE FROM hartonomous.relation AS r USING outgoing AS o'
        '    WHERE r.relation_id = o.relation_id AND r.evidence_count <= o.evidence_count'
        '    RETURNING r.composition_a_id, r.composition_b_id'
        ') SELECT (SELECT coalesce(sum(o.evidence_count), 0) FROM outgoing AS o),'
        '    (SELECT count(*) FROM removed), (SELECT count(*) FROM changed),'
        '    array(SELECT m.composition_a_id FROM removed AS m UNION SELECT m.composition_b_id FROM removed AS m)'
    INTO evidence, relations_removed, relations_changed, freed
    USING p_content_ids;
END
$$;

COMMENT ON FUNCTION hartonomous.take_back_rows(integer[], text) IS
'Internal: takes the evidence of sources out of the relations in place; freed are the concepts that lost a relation.';
