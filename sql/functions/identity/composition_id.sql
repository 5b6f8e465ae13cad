CREATE OR REPLACE FUNCTION hartonomous.composition_id(label text, kind text DEFAULT 'text')
RETURNS uuid
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    v_text bytea := convert_to(hartonomous_internal.nfc(label), 'UTF8');
BEGIN
    IF kind <> 'text' THEN
        v_text := convert_to(kind, 'UTF8') || decode('00', 'hex') || v_text;
    END IF;
    RETURN encode(substring(hartonomous.blake3(v_text) FROM 1 FOR 16), 'hex')::uuid;
END
$$;

COMMENT ON FUNCTION hartonomous.composition_id(text, text) IS
'Id that a concept has in every database: composition_id(''king''), or composition_id(''ing'', ''piece'') for the word piece ##ing.';
