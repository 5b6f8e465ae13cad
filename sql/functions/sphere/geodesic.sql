CREATE OR REPLACE FUNCTION hartonomous.geodesic(a text, b text)
RETURNS double precision
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_a constant uuid := hartonomous_internal.known_composition(geodesic.a);
    v_b constant uuid := hartonomous_internal.known_composition(geodesic.b);
BEGIN
    PERFORM hartonomous_internal.require_layout();
    RETURN hartonomous_internal.chord_to_angle(sqrt(hartonomous_internal.squared_chord(
        hartonomous_internal.placed_at(v_a), hartonomous_internal.placed_at(v_b)
    )));
END
$$;

COMMENT ON FUNCTION hartonomous.geodesic(text, text) IS
'Distance of two concepts along the sphere S3, 0 to pi; an error where one has no position.';
