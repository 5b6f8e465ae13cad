CREATE OR REPLACE FUNCTION hartonomous.composition_hash(p_label text, p_kind text)
RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    v_mark constant text := CASE p_kind WHEN 'text' THEN '' WHEN 'piece' THEN '##' ELSE p_kind || ':' END;
    v_text constant text := substring(p_label FROM char_length(v_mark) + 1);
BEGIN
    IF NOT starts_with(p_label, v_mark) OR v_text = '' OR v_text <> hartonomous_internal.nfc(v_text) THEN
        RETURN NULL;
    END IF;
    RETURN hartonomous.blake3(
        CASE WHEN p_kind = 'text' THEN ''::bytea ELSE convert_to(p_kind, 'UTF8') || decode('00', 'hex') END
        || convert_to(v_text, 'UTF8')
    );
END
$$;

COMMENT ON FUNCTION hartonomous.composition_hash(text, text) IS
'Hash of the concept of a kind that people read as this label; null where no concept of that kind is read so.';
