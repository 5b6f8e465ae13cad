-- Best rated first, so that an answer which wants the best of a concept reads no further; what
-- is only rejected comes last.
CREATE OR REPLACE FUNCTION hartonomous_internal.summarise_lists(
    p_composition_numbers integer[],
    p_relation_type_id integer,
    p_without integer[] DEFAULT '{}'
)
RETURNS SETOF hartonomous.relation_summary
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
SET jit = off
SET work_mem = '64MB'
AS $$
BEGIN
    RETURN QUERY
    SELECT
        n.number,
        p_relation_type_id,
        hartonomous_internal.sources_of(n.number, p_relation_type_id, p_without),
        s.*
    FROM unnest(p_composition_numbers) AS n (number)
    CROSS JOIN LATERAL (
        SELECT
            count(*)::integer,
            max(r.elo_score) FILTER (WHERE r.evidence_count > r.rejection_count),
            array_agg(r.b),
            array_agg(r.source_count::integer),
            array_agg(r.evidence_count::integer),
            CASE WHEN sum(r.rejection_count) > 0 THEN array_agg(r.rejection_count::integer) END,
            array_agg(r.weight_sum)
        FROM (
            SELECT q.*
            FROM hartonomous_internal.sum_lists(n.number, p_without, p_relation_type_id) AS q
            INNER JOIN hartonomous.composition AS c ON c.composition_number = q.b
            ORDER BY q.evidence_count > q.rejection_count DESC, q.elo_score DESC, c.composition_id
        ) AS r
    ) AS s;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.summarise_lists(integer[], integer, integer[]) IS
'Internal: what the summaries of some concepts over all sources but p_without are.';
