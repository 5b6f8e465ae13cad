CREATE OR REPLACE FUNCTION hartonomous_internal.compared_sites(p_a text, p_b text)
RETURNS integer[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_names constant text[] := array(
        SELECT c.source_identifier FROM hartonomous_internal.voting_sites() AS v
        INNER JOIN hartonomous.content AS c ON c.content_id = v.content_id AND hartonomous_internal.is_in_scope(c)
    );
    v_name text;
BEGIN
    PERFORM hartonomous_internal.require_scope();
    IF p_a = p_b THEN
        RAISE EXCEPTION 'two different sources are compared' USING ERRCODE = 'HT004';
    END IF;
    FOREACH v_name IN ARRAY ARRAY[p_a, p_b] LOOP
        IF v_name IS NULL OR v_name <> ALL (v_names) THEN
            PERFORM hartonomous_internal.refuse_unknown('live model', coalesce(v_name, 'null'), v_names);
        END IF;
    END LOOP;
    RETURN (
        SELECT array_agg(u.n ORDER BY c.source_identifier <> p_a, u.place)
        FROM hartonomous_internal.voting_sites() AS v
        INNER JOIN hartonomous.content AS c
            ON c.content_id = v.content_id AND c.source_identifier IN (p_a, p_b)
        CROSS JOIN LATERAL (VALUES (v.content_id, 1), (v.site_id, 2)) AS u (n, place)
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.compared_sites(text, text) IS
'Internal to source_comparison: numbers of two live models and of the sites by which they vote; an error that names near matches.';
