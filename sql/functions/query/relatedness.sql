-- The cosine of the two concepts' votes: what the live sources list for each, each list's evidence times its
-- source's weight, and the concept itself as strongly as its strongest. Sums are whole numbers, so it is the
-- same whatever the order of loading.
CREATE OR REPLACE FUNCTION hartonomous.relatedness(
    a text, b text,
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS double precision
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    RETURN (
        SELECT r.relatedness
        FROM hartonomous.relatedness_of(ARRAY[relatedness.a], ARRAY[relatedness.b], sources, without, as_of) AS r
    );
END
$$;

COMMENT ON FUNCTION hartonomous.relatedness(text, text, text[], text[], text) IS
'How much two concepts have to do with each other, from 0 to 1, also where no relation stands: the cosine of what the live sources list for them; null where one is not known.';
