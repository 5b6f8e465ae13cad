-- Gumbel's trick: the greatest of these are a draw without replacement, with chances as the scores to
-- the power of one over the temperature (Kool, van Hoof and Welling 2019). What is hashed are the ids of
-- the way's concepts, so that every server draws alike.
CREATE OR REPLACE FUNCTION hartonomous_internal.draw(
    p_score double precision, p_temperature double precision, p_seed bigint, p_way integer[]
)
RETURNS double precision
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_range constant double precision := 2 ^ 48;
    v_hashed constant bytea := sha256(convert_to(
        p_seed || ' ' || (
            SELECT string_agg(c.composition_id::text, ' ' ORDER BY w.place)
            FROM unnest(p_way) WITH ORDINALITY AS w (number, place)
            INNER JOIN hartonomous.composition AS c ON c.composition_number = w.number
        ), 'UTF8'
    ));
    v_number constant double precision := ('x' || encode(substring(v_hashed FROM 1 FOR 6), 'hex'))::bit(48)::bigint;
BEGIN
    RETURN ln(p_score) / p_temperature - ln(-ln((v_number + 0.5) / c_range));
END
$$;

COMMENT ON FUNCTION hartonomous_internal.draw(double precision, double precision, bigint, integer[]) IS
'Internal: by what ways of a search are ordered at a temperature: the logarithm of the score over it, and noise that the seed and the way decide.';
