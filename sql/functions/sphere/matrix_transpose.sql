CREATE OR REPLACE FUNCTION hartonomous_internal.matrix_transpose(p_a double precision[])
RETURNS double precision[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT ARRAY[
        p_a[1], p_a[5], p_a[9], p_a[13], p_a[2], p_a[6], p_a[10], p_a[14],
        p_a[3], p_a[7], p_a[11], p_a[15], p_a[4], p_a[8], p_a[12], p_a[16]
    ]
$$;

COMMENT ON FUNCTION hartonomous_internal.matrix_transpose(double precision[]) IS
'Internal: transpose of a 4 x 4 matrix, an array of 16 numbers row by row.';
