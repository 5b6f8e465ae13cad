CREATE OR REPLACE FUNCTION hartonomous_internal.refuse_hidden(p_what text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF hartonomous_internal.hidden_sources() <> '{}' THEN
        RAISE EXCEPTION '% are of all sources: ask somebody who may see them all', p_what
            USING ERRCODE = 'insufficient_privilege';
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.refuse_hidden(text) IS
'Internal: an error where who called may not see all that an answer is made of.';
