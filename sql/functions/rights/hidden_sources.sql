CREATE OR REPLACE FUNCTION hartonomous_internal.hidden_sources()
RETURNS integer[]
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT array(
        SELECT c.content_id FROM hartonomous.content AS c
        WHERE c.viewers IS NOT NULL AND NOT hartonomous_internal.is_viewer(c.viewers)
    )
$$;

COMMENT ON FUNCTION hartonomous_internal.hidden_sources() IS
'Internal: numbers of the sources that who called may not see.';
