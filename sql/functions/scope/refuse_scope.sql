CREATE OR REPLACE FUNCTION hartonomous_internal.refuse_scope(p_what text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF hartonomous_internal.has_scope() THEN
        RAISE EXCEPTION '% are of all live sources: ask without sources, without and as_of', p_what
            USING ERRCODE = 'HT004';
    END IF;
    PERFORM hartonomous_internal.refuse_hidden(p_what);
END
$$;

COMMENT ON FUNCTION hartonomous_internal.refuse_scope(text) IS
'Internal: an error where a part of the sources is asked, or seen, for what is of all.';
