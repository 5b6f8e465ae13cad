CREATE OR REPLACE FUNCTION hartonomous_internal.rotate(
    p_rotation double precision[],
    p_x double precision,
    p_y double precision,
    p_z double precision,
    p_w double precision
)
RETURNS double precision[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT ARRAY[
        p_rotation[1] * p_x + p_rotation[2] * p_y + p_rotation[3] * p_z + p_rotation[4] * p_w,
        p_rotation[5] * p_x + p_rotation[6] * p_y + p_rotation[7] * p_z + p_rotation[8] * p_w,
        p_rotation[9] * p_x + p_rotation[10] * p_y + p_rotation[11] * p_z + p_rotation[12] * p_w,
        p_rotation[13] * p_x + p_rotation[14] * p_y + p_rotation[15] * p_z + p_rotation[16] * p_w
    ]
$$;

COMMENT ON FUNCTION hartonomous_internal.rotate(
    double precision[], double precision, double precision, double precision, double precision
) IS
'Internal: a point of R4 turned by a 4 x 4 matrix.';
