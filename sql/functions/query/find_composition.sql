CREATE OR REPLACE FUNCTION hartonomous.find_composition(label text)
RETURNS uuid
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_id uuid := hartonomous.composition_id(find_composition.label);
BEGIN
    IF EXISTS (SELECT FROM hartonomous.composition AS c WHERE c.composition_id = v_id) THEN
        RETURN v_id;
    END IF;
    IF find_composition.label LIKE '##_%' THEN
        v_id := hartonomous.composition_id(substring(find_composition.label FROM 3), 'piece');
        IF EXISTS (SELECT FROM hartonomous.composition AS c WHERE c.composition_id = v_id) THEN
            RETURN v_id;
        END IF;
    END IF;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION hartonomous.find_composition(text) IS
'Id of the concept with this label where it is known, else null; ##ing finds the word piece.';
