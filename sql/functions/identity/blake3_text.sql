-- Declared for text as well, so that blake3('king') finds one best candidate and folds to a
-- constant where it stands in a WHERE clause.
CREATE OR REPLACE FUNCTION hartonomous.blake3(p_text text)
RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    RETURN hartonomous.blake3(convert_to(p_text, 'UTF8'));
END
$$;

COMMENT ON FUNCTION hartonomous.blake3(text) IS
'BLAKE3 (32 bytes) of a text in UTF-8: the hash of the concept that is this word or phrase.';
