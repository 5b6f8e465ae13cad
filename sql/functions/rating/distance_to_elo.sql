CREATE OR REPLACE FUNCTION hartonomous.distance_to_elo(distance double precision)
RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    -- what no distance is must not overflow
    SELECT 1500 + (1 - greatest(-1e300, least(1e300, distance))) * 500
$$;

COMMENT ON FUNCTION hartonomous.distance_to_elo(double precision) IS
'First rating of a single observation at a cosine distance from 0 to 2: 2000 down to 1000.';
