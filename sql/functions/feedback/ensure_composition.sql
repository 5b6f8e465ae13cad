-- What people say may bring a word that no source knew.
CREATE OR REPLACE FUNCTION hartonomous_internal.ensure_composition(p_label text)
RETURNS integer
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_number integer := (
        SELECT c.composition_number FROM hartonomous.composition AS c
        WHERE c.composition_id = hartonomous_internal.stored_composition(p_label)
    );
    v_label constant text := hartonomous_internal.nfc(p_label);
    v_hash constant bytea := hartonomous.blake3(v_label);
BEGIN
    IF v_number IS NOT NULL THEN
        RETURN v_number;
    END IF;
    PERFORM hartonomous_internal.require_label(p_label);
    INSERT INTO hartonomous.composition (composition_id, hash, label, kind)
    VALUES (encode(substring(v_hash FROM 1 FOR 16), 'hex')::uuid, v_hash, v_label, 'text')
    ON CONFLICT DO NOTHING;
    SELECT c.composition_number INTO v_number FROM hartonomous.composition AS c WHERE c.hash = v_hash;
    RETURN v_number;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.ensure_composition(text) IS
'Internal: number of the concept with this label, added as plain text when it is new.';
