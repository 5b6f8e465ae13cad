CREATE OR REPLACE FUNCTION hartonomous_internal.expired_contents()
RETURNS integer[]
LANGUAGE sql STABLE
AS $$
    SELECT array(
        SELECT c.content_id FROM hartonomous.content AS c
        WHERE c.expires <= hartonomous_internal.today()
        ORDER BY c.content_id
    )
$$;

COMMENT ON FUNCTION hartonomous_internal.expired_contents() IS
'Internal: the sources whose day has come.';
