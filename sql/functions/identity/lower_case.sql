CREATE OR REPLACE FUNCTION hartonomous_internal.lower_case(p_text text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_text text;
BEGIN
    IF octet_length(p_text) = char_length(p_text) THEN
        RETURN lower(p_text COLLATE "C");
    END IF;
    v_text := lower(hartonomous_internal.nfd(p_text) COLLATE "C");
    -- to look for cased letters is quick, to replace them isn't
    IF v_text COLLATE "C" ~ ('[' || hartonomous_internal.case_foldings(FALSE) || ']') THEN
        v_text := translate(v_text, hartonomous_internal.case_foldings(FALSE), hartonomous_internal.case_foldings(TRUE));
    END IF;
    RETURN hartonomous_internal.nfc(v_text);
END
$$;

COMMENT ON FUNCTION hartonomous_internal.lower_case(text) IS
'Internal: a text in lower case, the same on every server; a final sigma becomes a middle one.';
