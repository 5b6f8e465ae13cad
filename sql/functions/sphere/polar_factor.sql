-- The orthogonal matrix nearest to a given one solves the orthogonal Procrustes problem
-- (Schoenemann 1966). Newton's iteration finds it: X <- (X + transposed inverse of X) / 2
-- (Higham 1986).
CREATE OR REPLACE FUNCTION hartonomous_internal.polar_factor(p_a double precision[])
RETURNS double precision[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    v_scale double precision := (SELECT sqrt(sum(e * e)) FROM unnest(p_a) AS e);
    v_x double precision[];
    v_next double precision[];
    v_cofactors double precision[];
    v_determinant double precision;
BEGIN
    IF v_scale = 0 THEN
        RETURN NULL;
    END IF;
    v_x := array(SELECT 2 * e.value / v_scale FROM unnest(p_a) WITH ORDINALITY AS e (value, i) ORDER BY e.i);
    FOR v_step IN 1..60 LOOP
        v_cofactors := hartonomous_internal.matrix_cofactors(v_x);
        v_determinant := v_x[1] * v_cofactors[1] + v_x[2] * v_cofactors[2]
        + v_x[3] * v_cofactors[3] + v_x[4] * v_cofactors[4];
        -- what lies in fewer than four dimensions leaves the rotation open
        IF abs(v_determinant) < 1e-12 THEN
            RETURN NULL;
        END IF;
        v_next := array(
            SELECT (v_x[i] + v_cofactors[i] / v_determinant) / 2 FROM generate_series(1, 16) AS i ORDER BY i
        );
        EXIT WHEN (SELECT max(abs(v_next[i] - v_x[i])) < 1e-15 FROM generate_series(1, 16) AS i);
        v_x := v_next;
    END LOOP;
    RETURN v_next;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.polar_factor(double precision[]) IS
'Internal: the orthogonal 4 x 4 matrix nearest to a given one; null where more than one is.';
