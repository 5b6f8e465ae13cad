-- SQL language, so that it is inlined and what is made of it is computed when a query is planned.
CREATE OR REPLACE FUNCTION hartonomous_internal.weight_unit()
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT 1048576
$$;

COMMENT ON FUNCTION hartonomous_internal.weight_unit() IS
'Internal: 2^20, the weight 1 as lists hold it; weights are whole numbers of its parts, so that sums are exact in any order.';
