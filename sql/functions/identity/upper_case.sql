-- The table has two letters before the capitals of mu and iota.
CREATE OR REPLACE FUNCTION hartonomous_internal.upper_case(p_text text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF octet_length(p_text) = char_length(p_text) THEN
        RETURN upper(p_text COLLATE "C");
    END IF;
    RETURN hartonomous_internal.nfc(translate(
        hartonomous_internal.nfd(p_text),
        chr(956) || chr(953) || chr(962) || hartonomous_internal.case_foldings(TRUE),
        chr(924) || chr(921) || chr(931) || hartonomous_internal.case_foldings(FALSE)
    ));
END
$$;

COMMENT ON FUNCTION hartonomous_internal.upper_case(text) IS
'Internal: a text in upper case, letter by letter, the same on every server.';
