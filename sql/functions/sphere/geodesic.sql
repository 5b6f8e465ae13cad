CREATE OR REPLACE FUNCTION hartonomous.geodesic(a text, b text)
RETURNS double precision
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_a constant uuid := hartonomous.known_composition(geodesic.a);
    v_b constant uuid := hartonomous.known_composition(geodesic.b);
BEGIN
    PERFORM hartonomous.refuse_scope('positions');
    RETURN hartonomous.chord_to_angle(sqrt(hartonomous.squared_chord(
        hartonomous.placed_at(v_a), hartonomous.placed_at(v_b)
    )));
END
$$;

COMMENT ON FUNCTION hartonomous.geodesic(text, text) IS
'Distance of two concepts along the sphere S3, 0 to pi; an error where one has no position.';
