CREATE OR REPLACE FUNCTION hartonomous_internal.require_subject(p_subject text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_key constant text := hartonomous_internal.trimmed_key(p_subject);
    v_unseen constant text := substring(v_key COLLATE "C" FROM '[' || hartonomous_internal.invisible_characters() || ']');
BEGIN
    IF v_unseen IS NOT NULL THEN
        RAISE EXCEPTION 'the key of a person has the invisible character U+% at place %: write it without',
            lpad(upper(to_hex(ascii(v_unseen))), CASE WHEN ascii(v_unseen) > 65535 THEN 6 ELSE 4 END, '0'), strpos(v_key, v_unseen)
            USING ERRCODE = 'HT004';
    END IF;
    PERFORM hartonomous_internal.require_name('subject', v_key);
    RETURN v_key;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_subject(text) IS
'Internal: a person''s key as it is stored; refuses one with invisible characters inside, an empty one and one of more than 1,000 bytes.';
