-- Documents and feedback: a few rows, merged in place in key order.
CREATE OR REPLACE FUNCTION hartonomous.merge_small_sources()
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO hartonomous.relation_evidence (relation_id, content_id, site_id, weight, rank)
    SELECT i.relation_id, i.content_id, i.site_id, i.weight, i.rank
    FROM pg_temp.incoming_evidence AS i
    ORDER BY i.relation_id;

    INSERT INTO hartonomous.relation AS old (
        relation_id, composition_a_id, composition_b_id, relation_type_id,
        source_count, evidence_count, rejection_count, weight_sum
    )
    SELECT
        i.relation_id, i.composition_a_id, i.composition_b_id, i.relation_type_id,
        e.source_count, e.evidence_count, e.rejection_count, e.weight_sum
    FROM (
        SELECT DISTINCT r.relation_id, r.composition_a_id, r.composition_b_id, r.relation_type_id
        FROM pg_temp.incoming_relation AS r
    ) AS i
    INNER JOIN (
        SELECT
            n.relation_id,
            count(DISTINCT n.content_id) AS source_count,
            count(*) AS evidence_count,
            count(*) FILTER (WHERE n.weight = 0 AND n.rank IS NULL) AS rejection_count,
            sum(round(n.weight * 1048576)::bigint) AS weight_sum
        FROM pg_temp.incoming_evidence AS n
        GROUP BY n.relation_id
    ) AS e ON e.relation_id = i.relation_id
    ORDER BY i.relation_id
    ON CONFLICT (relation_id) DO UPDATE SET
        source_count = old.source_count + excluded.source_count,
        evidence_count = old.evidence_count + excluded.evidence_count,
        rejection_count = old.rejection_count + excluded.rejection_count,
        weight_sum = old.weight_sum + excluded.weight_sum;
END
$$;

COMMENT ON FUNCTION hartonomous.merge_small_sources() IS
'Internal to close_source: adds the evidence and relations of small sources row by row.';
