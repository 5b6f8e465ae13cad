CREATE OR REPLACE FUNCTION hartonomous_internal.count_lists(
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
        s.*,
        NULL::integer[], NULL::integer[], NULL::integer[], NULL::integer[], NULL::bigint[]
    FROM unnest(p_composition_numbers) AS n (number)
    CROSS JOIN LATERAL (
        SELECT
            count(*)::integer,
            max(r.elo_score) FILTER (WHERE r.evidence_count > r.rejection_count)
        FROM hartonomous_internal.sum_lists(n.number, p_without, p_relation_type_id) AS r
    ) AS s;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.count_lists(integer[], integer, integer[]) IS
'Internal: the short summaries of some concepts over all sources but p_without: how many relations, and the best.';
