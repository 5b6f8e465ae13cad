CREATE OR REPLACE FUNCTION hartonomous_internal.contents_of_repository(p_repository text)
RETURNS integer[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_known constant integer := 10000;
    v_contents constant integer[] := array(
        SELECT c.content_id
        FROM hartonomous.content AS c
        WHERE c.kind = 'code' AND hartonomous_internal.is_seen(c.viewers)
            AND hartonomous_internal.repository_of(c.content_id) = p_repository
        ORDER BY c.content_id
    );
BEGIN
    IF v_contents = '{}' THEN
        PERFORM hartonomous_internal.refuse_unknown('repository', p_repository, array(
            SELECT DISTINCT hartonomous_internal.repository_of(f.content_id) FROM (
                SELECT c.content_id FROM hartonomous.content AS c
                WHERE c.kind = 'code' AND hartonomous_internal.is_seen(c.viewers)
                ORDER BY c.content_id
                LIMIT c_known
            ) AS f
        ));
    END IF;
    RETURN v_contents;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.contents_of_repository(text) IS
'Internal: the sources that a repository of code was loaded as, by its exact name; an error that names near matches when there is none.';
