CREATE OR REPLACE FUNCTION hartonomous_internal.known_number(p_label text)
RETURNS integer
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_number constant integer := hartonomous_internal.find_composition_number(p_label);
BEGIN
    IF v_number IS NULL THEN
        PERFORM hartonomous_internal.refuse_label(p_label);
    END IF;
    RETURN v_number;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.known_number(text) IS
'Internal: local number of the concept with this label; an error with near matches where it is not known.';
