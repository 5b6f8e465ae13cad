CREATE OR REPLACE FUNCTION hartonomous_internal.wilson_bound(p_hits bigint, p_count bigint, p_is_upper boolean)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT (
        (p_hits + z.square / 2) + CASE WHEN p_is_upper THEN 1 ELSE -1 END
        * sqrt(z.square) * sqrt(p_hits::double precision * (p_count - p_hits) / p_count + z.square / 4)
    ) / (p_count + z.square)
    FROM (VALUES (3.8414588::double precision)) AS z (square)
$$;

COMMENT ON FUNCTION hartonomous_internal.wilson_bound(bigint, bigint, boolean) IS
'Internal: a bound of the 95 % interval of a share (Wilson 1927).';
