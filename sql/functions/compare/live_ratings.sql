CREATE OR REPLACE FUNCTION hartonomous.live_ratings()
RETURNS TABLE (relation_id uuid, elo_score double precision)
LANGUAGE plpgsql VOLATILE ROWS 1000000
SET search_path = pg_catalog, pg_temp
SET work_mem = '256MB'
AS $$
DECLARE
    v_quarantined integer[] := array(
        SELECT c.content_id FROM hartonomous.content AS c WHERE c.state = 'quarantined'
    );
BEGIN
    RETURN QUERY
    SELECT
        r.relation_id,
        CASE
            WHEN q.relation_id IS NULL THEN r.elo_score
            ELSE hartonomous.elo_from_evidence(
                r.evidence_count - q.evidence_count, r.weight_sum - q.weight_sum,
                r.source_count - q.source_count, r.rejection_count - q.rejection_count
            )
        END
    FROM hartonomous.relation AS r
    LEFT JOIN (
        SELECT
            e.relation_id,
            count(*) AS evidence_count,
            count(*) FILTER (WHERE e.weight = 0 AND e.rank IS NULL) AS rejection_count,
            sum(round(e.weight * 1048576)::bigint)::bigint AS weight_sum,
            count(DISTINCT e.content_id) AS source_count
        FROM hartonomous.relation_evidence AS e
        WHERE e.content_id = ANY (v_quarantined)
        GROUP BY e.relation_id
    ) AS q ON q.relation_id = r.relation_id
    WHERE r.evidence_count - coalesce(q.evidence_count, 0) > r.rejection_count - coalesce(q.rejection_count, 0);
END
$$;

COMMENT ON FUNCTION hartonomous.live_ratings() IS
'The ratings of all relations from the evidence of live sources.';
