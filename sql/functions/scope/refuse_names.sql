CREATE OR REPLACE FUNCTION hartonomous_internal.refuse_names(p_setting text, p_given text)
RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'the setting hartonomous.% names sources with commas between, or as {"a","b"}, not %',
        p_setting, left(p_given, 80) USING ERRCODE = 'HT004';
END
$$;

COMMENT ON FUNCTION hartonomous_internal.refuse_names(text, text) IS
'Internal: the error for a setting that begins as an array of names and is none.';
