CREATE OR REPLACE FUNCTION hartonomous_internal.voting_site_of(p_source text)
RETURNS integer[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_live constant text[] := array(
        SELECT c.source_identifier FROM hartonomous_internal.voting_sites() AS v
        INNER JOIN hartonomous.content AS c ON c.content_id = v.content_id AND hartonomous_internal.is_in_scope(c)
    );
BEGIN
    IF p_source IS NULL OR p_source <> ALL (v_live) THEN
        PERFORM hartonomous_internal.refuse_unknown('live model', coalesce(p_source, 'null'), v_live);
    END IF;
    RETURN (
        SELECT ARRAY[v.content_id, v.site_id]
        FROM hartonomous_internal.voting_sites() AS v
        INNER JOIN hartonomous.content AS c ON c.content_id = v.content_id AND c.source_identifier = p_source
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.voting_site_of(text) IS
'Internal: numbers of a live model and of the site by which it votes; an error that names near matches.';
