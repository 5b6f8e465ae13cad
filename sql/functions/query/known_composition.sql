CREATE OR REPLACE FUNCTION hartonomous_internal.known_composition(p_label text)
RETURNS uuid
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_id constant uuid := hartonomous.find_composition(p_label);
BEGIN
    IF v_id IS NULL THEN
        PERFORM hartonomous_internal.refuse_label(p_label);
    END IF;
    RETURN v_id;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.known_composition(text) IS
'Internal: id of the concept with this label; an error with near matches where it is not known.';
