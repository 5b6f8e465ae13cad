CREATE OR REPLACE FUNCTION hartonomous.geodesic(a text, b text)
RETURNS double precision
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_a uuid := hartonomous.find_composition(geodesic.a);
    v_b uuid := hartonomous.find_composition(geodesic.b);
BEGIN
    RETURN (
        SELECT hartonomous.chord_to_angle(
            sqrt(hartonomous.squared_chord(ARRAY[p.x, p.y, p.z, p.w], ARRAY[q.x, q.y, q.z, q.w]))
        )
        FROM hartonomous.composition_position AS p
        CROSS JOIN hartonomous.composition_position AS q
        WHERE p.composition_id = v_a AND q.composition_id = v_b
    );
END
$$;

COMMENT ON FUNCTION hartonomous.geodesic(text, text) IS
'Distance of two concepts along the sphere S3, 0 to pi; null when one has no position.';
