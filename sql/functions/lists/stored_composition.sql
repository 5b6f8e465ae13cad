CREATE OR REPLACE FUNCTION hartonomous_internal.stored_composition(p_label text)
RETURNS uuid
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_id uuid := hartonomous.composition_id(p_label);
BEGIN
    IF EXISTS (SELECT FROM hartonomous.composition AS c WHERE c.composition_id = v_id) THEN
        RETURN v_id;
    END IF;
    v_id := hartonomous_internal.marked_composition_id(p_label);
    IF EXISTS (SELECT FROM hartonomous.composition AS c WHERE c.composition_id = v_id) THEN
        RETURN v_id;
    END IF;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.stored_composition(text) IS
'Internal: id of the concept with this label if any source knows it, quarantined ones too, else null.';
