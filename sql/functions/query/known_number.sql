CREATE OR REPLACE FUNCTION hartonomous.known_number(p_label text)
RETURNS integer
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_number constant integer := hartonomous.find_composition_number(p_label);
BEGIN
    IF v_number IS NULL THEN
        PERFORM hartonomous.refuse_label(p_label);
    END IF;
    RETURN v_number;
END
$$;

COMMENT ON FUNCTION hartonomous.known_number(text) IS
'Internal: local number of the concept with this label; an error with near matches where it is not known.';
