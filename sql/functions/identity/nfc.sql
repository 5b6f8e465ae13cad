CREATE OR REPLACE FUNCTION hartonomous_internal.nfc(p_text text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF octet_length(p_text) = char_length(p_text) THEN
        RETURN p_text;
    ELSIF p_text COLLATE "C" !~ ('[' || hartonomous_internal.later_characters() || ']') THEN
        RETURN normalize(p_text, NFC);
    END IF;
    -- characters that came later are what nothing composes with, as in Unicode 13
    RETURN (
        SELECT string_agg(
            CASE WHEN p.part[1] IS NULL THEN normalize(p.part[2], NFC) ELSE p.part[1] END, '' ORDER BY p.place
        )
        FROM regexp_matches(
            p_text COLLATE "C",
            '([' || hartonomous_internal.later_characters() || ']+)|([^' || hartonomous_internal.later_characters() || ']+)', 'g'
        ) WITH ORDINALITY AS p (part, place)
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.nfc(text) IS
'Internal: a text in Normalization Form C of Unicode 13, whatever version the server knows.';
