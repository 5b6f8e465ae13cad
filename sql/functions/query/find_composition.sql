-- What no live source knows is not there for whoever asks. A concept of another kind answers
-- where no plain text is shown under its label.
CREATE OR REPLACE FUNCTION hartonomous.find_composition(label text)
RETURNS uuid
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- what is longer than any label is not hashed
    v_label constant text := CASE
        WHEN octet_length(find_composition.label) <= hartonomous_internal.most_label_bytes() THEN find_composition.label
    END;
    v_id uuid := hartonomous_internal.stored_composition(v_label);
BEGIN
    PERFORM hartonomous_internal.require_scope();
    IF hartonomous_internal.is_shown(v_id) THEN
        RETURN v_id;
    END IF;
    v_id := hartonomous_internal.marked_composition_id(v_label);
    IF EXISTS (SELECT FROM hartonomous.composition AS c WHERE c.composition_id = v_id)
        AND hartonomous_internal.is_shown(v_id) THEN
        RETURN v_id;
    END IF;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION hartonomous.find_composition(text) IS
'Id of the concept with this label where a live source knows it, else null; ##ing finds the word piece, neuron:... the neuron.';
