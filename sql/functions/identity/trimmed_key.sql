-- A key that was copied out of a letter or a table brings blanks and marks of reading direction along.
CREATE OR REPLACE FUNCTION hartonomous_internal.trimmed_key(p_key text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_unseen constant text := '[' || hartonomous_internal.white_characters() || hartonomous_internal.invisible_characters() || ']+';
BEGIN
    RETURN regexp_replace(
        hartonomous_internal.nfc(p_key) COLLATE "C", '^' || c_unseen || '|' || c_unseen || '$', '', 'g'
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.trimmed_key(text) IS
'Internal: a person''s key in Normalization Form C, without white space and invisible characters at its ends.';
