CREATE OR REPLACE FUNCTION hartonomous_internal.key_as_seen(p_key text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN hartonomous.fold(regexp_replace(
        normalize(p_key, NFKC) COLLATE "C",
        '[' || hartonomous_internal.white_characters() || hartonomous_internal.invisible_characters() || ']+', '', 'g'
    ));
END
$$;

COMMENT ON FUNCTION hartonomous_internal.key_as_seen(text) IS
'Internal: what keys have in common that people take for one: without case, white space, invisible characters and width.';
