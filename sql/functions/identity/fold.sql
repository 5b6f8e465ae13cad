-- The Unicode Standard 13.0, section 3.13, D145: canonical caseless matching, brought to NFC. The
-- server's locale and its version of Unicode have no say.
CREATE OR REPLACE FUNCTION hartonomous.fold(p_text text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- where long_case_foldings has something
    c_long constant text := '[' || chr(223) || chr(329) || chr(1415) || chr(7834) || chr(7838)
    || chr(64256) || '-' || chr(64262) || chr(64275) || '-' || chr(64279) || ']';
    v_text text;
    v_long record;
BEGIN
    IF octet_length(p_text) = char_length(p_text) THEN
        RETURN lower(p_text COLLATE "C");
    END IF;
    v_text := hartonomous_internal.lower_case(p_text);
    IF v_text COLLATE "C" !~ c_long THEN
        RETURN v_text;
    END IF;
    FOR v_long IN SELECT l.cased, l.folded FROM hartonomous_internal.long_case_foldings() AS l LOOP
        v_text := replace(v_text COLLATE "C", v_long.cased, v_long.folded);
    END LOOP;
    RETURN hartonomous_internal.nfc(v_text);
END
$$;

COMMENT ON FUNCTION hartonomous.fold(text) IS
'A text without case, the same on every server: equal for texts that differ only in case or in how letters and accents are composed.';
