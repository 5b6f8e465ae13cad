CREATE OR REPLACE FUNCTION hartonomous."position"(label text, chart text DEFAULT NULL)
RETURNS TABLE (x double precision, y double precision, z double precision, w double precision, is_due boolean)
LANGUAGE plpgsql STABLE ROWS 1
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_id constant uuid := hartonomous_internal.known_composition("position".label);
    v_is_due boolean;
BEGIN
    PERFORM hartonomous_internal.require_layout();
    v_is_due := hartonomous_internal.unplaced_models() > 0;
    IF "position".chart IS NULL THEN
        RETURN QUERY
        SELECT p.x, p.y, p.z, p.w, v_is_due FROM hartonomous.composition_position AS p WHERE p.composition_id = v_id;
    ELSE
        RETURN QUERY
        SELECT p.x, p.y, p.z, p.w, v_is_due
        FROM hartonomous.composition_coordinate AS p
        WHERE p.composition_id = v_id AND p.content_id = hartonomous_internal.require_chart("position".chart);
    END IF;
    IF NOT FOUND THEN
        PERFORM hartonomous_internal.refuse_unplaced(v_id);
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous."position"(text, text) IS
'Where the substrate puts a concept on S3, or where the own chart of one source does, as a unit quaternion; is_due where models have come since, which hartonomous align brings in. An error where it has no position.';
