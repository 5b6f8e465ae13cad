CREATE OR REPLACE FUNCTION hartonomous_internal.squared_chord(p_a double precision[], p_b double precision[])
RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT (p_a[1] - p_b[1]) * (p_a[1] - p_b[1]) + (p_a[2] - p_b[2]) * (p_a[2] - p_b[2])
        + (p_a[3] - p_b[3]) * (p_a[3] - p_b[3]) + (p_a[4] - p_b[4]) * (p_a[4] - p_b[4])
$$;

COMMENT ON FUNCTION hartonomous_internal.squared_chord(double precision[], double precision[]) IS
'Internal: squared straight distance of two points of R4, 0 to 4 on the unit sphere.';
