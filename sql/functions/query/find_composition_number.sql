CREATE OR REPLACE FUNCTION hartonomous_internal.find_composition_number(p_label text)
RETURNS integer
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_id constant uuid := hartonomous.find_composition(p_label);
BEGIN
    RETURN (SELECT c.composition_number FROM hartonomous.composition AS c WHERE c.composition_id = v_id);
END
$$;

COMMENT ON FUNCTION hartonomous_internal.find_composition_number(text) IS
'Internal: local number of the concept with this label, null where it is not known.';
