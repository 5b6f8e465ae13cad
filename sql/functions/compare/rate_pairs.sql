-- Ratings as they would be with some sources in and others out; nothing is changed for that.
CREATE OR REPLACE FUNCTION hartonomous.rate_pairs(
    a text[], b text[], included text[] DEFAULT '{}', excluded text[] DEFAULT '{}'
)
RETURNS TABLE (place integer, elo_score double precision)
LANGUAGE plpgsql VOLATILE ROWS 1000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_out integer[];
BEGIN
    PERFORM hartonomous.require_source(s.name) FROM unnest(rate_pairs.included || rate_pairs.excluded) AS s (name);
    v_out := array(
        SELECT c.content_id FROM hartonomous.content AS c
        WHERE c.source_identifier = ANY (rate_pairs.excluded)
            OR (c.state = 'quarantined' AND c.source_identifier <> ALL (rate_pairs.included))
    );
    RETURN QUERY
    WITH pair AS MATERIALIZED (
        SELECT p.n::integer AS n, hartonomous.find_composition(p.a) AS a, hartonomous.find_composition(p.b) AS b
        FROM unnest(rate_pairs.a, rate_pairs.b) WITH ORDINALITY AS p (a, b, n)
    )
    SELECT d.n, max(hartonomous.elo_from_evidence(
        r.evidence_count - q.evidence_count, r.weight_sum - q.weight_sum,
        r.source_count - q.source_count, r.rejection_count - q.rejection_count
    ))
    FROM (SELECT p.n, p.a, p.b FROM pair AS p UNION SELECT p.n, p.b, p.a FROM pair AS p) AS d
    INNER JOIN hartonomous.relation AS r
        ON r.composition_a_id = d.a AND r.composition_b_id = d.b AND r.relation_type_id = 1
    CROSS JOIN LATERAL (
        SELECT
            count(*) AS evidence_count,
            count(*) FILTER (WHERE e.weight = 0 AND e.rank IS NULL) AS rejection_count,
            coalesce(sum(round(e.weight * 1048576)::bigint), 0)::bigint AS weight_sum,
            count(DISTINCT e.content_id) AS source_count
        FROM hartonomous.relation_evidence AS e
        WHERE e.relation_id = r.relation_id AND e.content_id = ANY (v_out)
    ) AS q
    WHERE r.evidence_count - q.evidence_count > r.rejection_count - q.rejection_count
    GROUP BY d.n
    ORDER BY d.n;
END
$$;

COMMENT ON FUNCTION hartonomous.rate_pairs(text[], text[], text[], text[]) IS
'How strongly pairs of words are related, in the better direction, by their place in the lists: quarantined sources that are included count, excluded ones do not; no row where nothing relates a pair.';
