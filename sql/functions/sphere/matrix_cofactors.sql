CREATE OR REPLACE FUNCTION hartonomous_internal.matrix_cofactors(p_a double precision[])
RETURNS double precision[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    v_cofactors double precision[] := '{}';
    v_minor double precision[];
BEGIN
    FOR i IN 0..3 LOOP
        FOR j IN 1..4 LOOP
            v_minor := array(
                SELECT p_a[4 * r.row + c.col]
                FROM generate_series(0, 3) AS r (row)
                CROSS JOIN generate_series(1, 4) AS c (col)
                WHERE r.row <> i AND c.col <> j
                ORDER BY r.row, c.col
            );
            v_cofactors := v_cofactors || (
                CASE WHEN (i + j) % 2 = 1 THEN 1 ELSE -1 END * (
                    v_minor[1] * (v_minor[5] * v_minor[9] - v_minor[6] * v_minor[8])
                    - v_minor[2] * (v_minor[4] * v_minor[9] - v_minor[6] * v_minor[7])
                    + v_minor[3] * (v_minor[4] * v_minor[8] - v_minor[5] * v_minor[7])
                )
            );
        END LOOP;
    END LOOP;
    RETURN v_cofactors;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.matrix_cofactors(double precision[]) IS
'Internal: cofactors of a 4 x 4 matrix; divided by its determinant they are its transposed inverse.';
