-- Whole numbers, so that they are the same everywhere. SQL language, so that it is inlined.
CREATE OR REPLACE FUNCTION hartonomous_internal.list_strength(p_list hartonomous.relation_list)
RETURNS integer
LANGUAGE sql STABLE
AS $$
    SELECT (sum(u.weight) / count(*))::integer
    FROM unnest((p_list).neighbours[:10], (p_list).weights[:10]) AS u (neighbour, weight)
    WHERE u.neighbour > 0
$$;

COMMENT ON FUNCTION hartonomous_internal.list_strength(hartonomous.relation_list) IS
'Internal: mean weight of the first ten of a list, in units of 2^-20; null where nobody is among them.';
