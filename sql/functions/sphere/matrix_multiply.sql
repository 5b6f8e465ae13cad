CREATE OR REPLACE FUNCTION hartonomous_internal.matrix_multiply(p_a double precision[], p_b double precision[])
RETURNS double precision[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    v_product double precision[] := '{}';
BEGIN
    FOR i IN 0..3 LOOP
        FOR j IN 1..4 LOOP
            v_product := v_product || (
                p_a[4 * i + 1] * p_b[j] + p_a[4 * i + 2] * p_b[4 + j]
                + p_a[4 * i + 3] * p_b[8 + j] + p_a[4 * i + 4] * p_b[12 + j]
            );
        END LOOP;
    END LOOP;
    RETURN v_product;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.matrix_multiply(double precision[], double precision[]) IS
'Internal: product of two 4 x 4 matrices, each an array of 16 numbers row by row.';
