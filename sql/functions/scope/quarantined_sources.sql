CREATE OR REPLACE FUNCTION hartonomous_internal.quarantined_sources()
RETURNS integer[]
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT array(SELECT c.content_id FROM hartonomous.content AS c WHERE c.state = 'quarantined')
$$;

COMMENT ON FUNCTION hartonomous_internal.quarantined_sources() IS
'Internal: numbers of the sources that answers leave out.';
