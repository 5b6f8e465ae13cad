-- How much each neighbour of a list stands above what any concept is near to, in whole numbers, a
-- function of that list alone: 1000 (w - cut) / max(cut, .05)^2, rounded, with w and cut as parts of 1.
CREATE OR REPLACE FUNCTION hartonomous_internal.list_evidence(p_weight integer, p_cut integer)
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT ((
        2000::bigint * greatest(p_weight - p_cut, 0) * hartonomous_internal.weight_unit()
        + greatest(p_cut, 52429)::bigint * greatest(p_cut, 52429)
    ) / (2::bigint * greatest(p_cut, 52429) * greatest(p_cut, 52429)))::integer
$$;

COMMENT ON FUNCTION hartonomous_internal.list_evidence(integer, integer) IS
'Internal: evidence of one neighbour, from its weight and the weight of the last one of its list.';
