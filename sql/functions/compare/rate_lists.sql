CREATE OR REPLACE FUNCTION hartonomous_internal.rate_lists(p_composition_numbers integer[], p_without integer[])
RETURNS TABLE (a integer, b integer, relation_type_id integer, elo_score double precision)
LANGUAGE sql STABLE ROWS 1000
AS $$
    SELECT n.number, s.b, s.relation_type_id, s.elo_score
    FROM unnest(p_composition_numbers) AS n (number)
    CROSS JOIN LATERAL hartonomous_internal.sum_lists(n.number, p_without) AS s
    WHERE s.evidence_count > s.rejection_count
$$;

COMMENT ON FUNCTION hartonomous_internal.rate_lists(integer[], integer[]) IS
'Internal to compare_snapshots: ratings of all relations of some concepts without some sources.';
