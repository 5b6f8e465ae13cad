CREATE OR REPLACE FUNCTION hartonomous.sum_evidence()
RETURNS TABLE (
    relation_id uuid, source_count integer, evidence_count integer, rejection_count integer, weight_sum bigint
)
LANGUAGE sql VOLATILE ROWS 1000000
SET search_path = pg_catalog, pg_temp
SET work_mem = '256MB'
AS $$
    SELECT
        s.relation_id,
        count(*)::integer,
        sum(s.evidence_count)::integer,
        sum(s.rejection_count)::integer,
        sum(s.weight_sum)::bigint
    FROM (
        SELECT
            e.relation_id,
            count(*) AS evidence_count,
            count(*) FILTER (WHERE e.weight = 0 AND e.rank IS NULL) AS rejection_count,
            sum(round(e.weight * 1048576)::bigint) AS weight_sum
        FROM hartonomous.relation_evidence AS e
        GROUP BY e.relation_id, e.content_id
    ) AS s
    GROUP BY s.relation_id
$$;

COMMENT ON FUNCTION hartonomous.sum_evidence() IS
'Internal: what the stored evidence of each relation adds up to, computed from every row.';
