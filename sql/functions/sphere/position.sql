CREATE OR REPLACE FUNCTION hartonomous."position"(label text)
RETURNS TABLE (x double precision, y double precision, z double precision, w double precision)
LANGUAGE plpgsql STABLE ROWS 1
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_id constant uuid := hartonomous_internal.known_composition("position".label);
BEGIN
    PERFORM hartonomous_internal.refuse_scope('positions');
    RETURN QUERY
    SELECT p.x, p.y, p.z, p.w
    FROM hartonomous.composition_position AS p
    WHERE p.composition_id = v_id;
    IF NOT FOUND THEN
        PERFORM hartonomous_internal.refuse_unplaced(v_id);
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous."position"(text) IS
'Where the substrate puts a concept on S3, as a unit quaternion; an error where it has no position.';
