-- A correction may bring a word that no source knew.
CREATE OR REPLACE FUNCTION hartonomous.add_corrected_concept(p_label text)
RETURNS uuid
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_id uuid := hartonomous.find_composition(p_label);
    v_hash bytea := hartonomous.blake3(normalize(p_label, NFC));
BEGIN
    IF v_id IS NOT NULL THEN
        RETURN v_id;
    END IF;
    IF EXISTS (SELECT FROM hartonomous.forgotten_composition AS f WHERE f.hash = v_hash) THEN
        RAISE EXCEPTION 'the concept % is to stay forgotten', quote_literal(p_label) USING ERRCODE = 'HT004';
    END IF;
    INSERT INTO pg_temp.incoming_composition (hash, label, kind)
    VALUES (v_hash, normalize(p_label, NFC), 'text');
    RETURN encode(substring(v_hash FROM 1 FOR 16), 'hex')::uuid;
END
$$;

COMMENT ON FUNCTION hartonomous.add_corrected_concept(text) IS
'Internal to record_feedback: id of the concept that is right, added when it is new.';
