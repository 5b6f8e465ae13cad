CREATE OR REPLACE FUNCTION hartonomous.verify_ratings()
RETURNS TABLE (
    problem text, relation_id uuid, a text, b text, elo_score double precision, expected_elo double precision
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET work_mem = '256MB'
AS $$
BEGIN
    RETURN QUERY
    SELECT
        CASE
            WHEN r.relation_id IS NULL THEN 'evidence without a relation'
            WHEN s.relation_id IS NULL THEN 'relation without evidence'
            ELSE 'stale rating'
        END,
        coalesce(r.relation_id, s.relation_id),
        ca.label, cb.label, r.elo_score,
        hartonomous.elo_from_evidence(s.evidence_count, s.weight_sum, s.source_count, s.rejection_count)
    FROM hartonomous.relation AS r
    FULL JOIN hartonomous.sum_evidence() AS s ON s.relation_id = r.relation_id
    LEFT JOIN hartonomous.composition AS ca ON ca.composition_id = r.composition_a_id
    LEFT JOIN hartonomous.composition AS cb ON cb.composition_id = r.composition_b_id
    WHERE (r.evidence_count, r.weight_sum, r.source_count, r.rejection_count)
        IS DISTINCT FROM (s.evidence_count, s.weight_sum, s.source_count, s.rejection_count)
    UNION ALL
    SELECT 'concept without a relation', NULL, c.label, NULL, NULL, NULL
    FROM hartonomous.composition AS c
    WHERE NOT EXISTS (SELECT FROM hartonomous.relation AS r WHERE r.composition_a_id = c.composition_id)
        AND NOT EXISTS (SELECT FROM hartonomous.relation AS r WHERE r.composition_b_id = c.composition_id);
END
$$;

COMMENT ON FUNCTION hartonomous.verify_ratings() IS
'Where relations and their ratings are not what the stored evidence adds up to, for example after a DELETE by hand; no rows when all is right.';
