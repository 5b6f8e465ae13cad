-- Ratings as they would be with some sources in and others out; nothing is changed for that.
CREATE OR REPLACE FUNCTION hartonomous.rate_pairs(
    a text[], b text[], included text[] DEFAULT '{}', excluded text[] DEFAULT '{}'
)
RETURNS TABLE (place integer, elo_score double precision)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
SET work_mem = '64MB'
AS $$
#variable_conflict use_column
DECLARE
    v_out integer[];
BEGIN
    PERFORM hartonomous_internal.require_replayed();
    PERFORM hartonomous_internal.require_source(s.name) FROM unnest(rate_pairs.included || rate_pairs.excluded) AS s (name);
    v_out := array(
        SELECT c.content_id FROM hartonomous.content AS c
        WHERE c.source_identifier = ANY (rate_pairs.excluded)
            OR (c.state = 'quarantined' AND c.source_identifier <> ALL (rate_pairs.included))
    );
    RETURN QUERY
    WITH pair AS MATERIALIZED (
        SELECT
            p.n::integer AS n,
            (SELECT c.composition_number FROM hartonomous.composition AS c WHERE c.composition_id = hartonomous_internal.stored_composition(p.a)) AS a,
            (SELECT c.composition_number FROM hartonomous.composition AS c WHERE c.composition_id = hartonomous_internal.stored_composition(p.b)) AS b
        FROM unnest(rate_pairs.a, rate_pairs.b) WITH ORDINALITY AS p (a, b, n)
    )
    SELECT d.n, max(s.elo_score)
    FROM (SELECT p.n, p.a, p.b FROM pair AS p UNION SELECT p.n, p.b, p.a FROM pair AS p) AS d
    CROSS JOIN LATERAL hartonomous_internal.sum_lists(d.a, v_out, hartonomous.relation_type_id('related')) AS s
    WHERE s.b = d.b AND s.evidence_count > s.rejection_count
    GROUP BY d.n
    ORDER BY d.n;
END
$$;

COMMENT ON FUNCTION hartonomous.rate_pairs(text[], text[], text[], text[]) IS
'How strongly pairs of words are related, in the better direction, by their place in the lists: quarantined sources that are included count, excluded ones do not; no row where nothing relates a pair.';
