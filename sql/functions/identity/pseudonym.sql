-- Whoever knows a key can make the same pseudonym; nobody can read the key off it.
CREATE OR REPLACE FUNCTION hartonomous.pseudonym(p_subject_key text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT 'subject-' || left(encode(hartonomous.blake3(hartonomous_internal.nfc(p_subject_key)), 'hex'), 12)
$$;

COMMENT ON FUNCTION hartonomous.pseudonym(text) IS
'What stands for a person in names of sources: subject- and 12 digits of the BLAKE3 of their key, the same in every database.';
