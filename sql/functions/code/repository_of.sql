CREATE OR REPLACE FUNCTION hartonomous_internal.repository_of(p_content_id integer)
RETURNS text
LANGUAGE sql STABLE
AS $$
    SELECT s.settings ->> 'repository'
    FROM hartonomous.site AS s
    WHERE s.content_id = p_content_id AND s.settings ? 'repository'
    ORDER BY s.site_id
    LIMIT 1
$$;

COMMENT ON FUNCTION hartonomous_internal.repository_of(integer) IS
'Internal: name of the repository that a file of code is of, null of other sources.';
