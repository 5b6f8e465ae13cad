CREATE OR REPLACE FUNCTION hartonomous_internal.chord_to_angle(p_chord double precision)
RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT 2 * asin(least(1::double precision, p_chord / 2))
$$;

COMMENT ON FUNCTION hartonomous_internal.chord_to_angle(double precision) IS
'Internal: angle between two points of the unit sphere at this straight distance.';
