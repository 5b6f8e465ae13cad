CREATE OR REPLACE FUNCTION hartonomous_internal.compared_sites(p_a text, p_b text)
RETURNS integer[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous_internal.require_scope();
    IF p_a = p_b THEN
        RAISE EXCEPTION 'two different sources are compared' USING ERRCODE = 'HT004';
    END IF;
    RETURN hartonomous_internal.voting_site_of(p_a) || hartonomous_internal.voting_site_of(p_b);
END
$$;

COMMENT ON FUNCTION hartonomous_internal.compared_sites(text, text) IS
'Internal to compare_sources: numbers of two live models and of the sites by which they vote; an error that names near matches.';
