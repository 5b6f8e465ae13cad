CREATE OR REPLACE FUNCTION hartonomous_internal.sources_of_snapshot(p_name text)
RETURNS integer[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_id constant integer := hartonomous_internal.require_snapshot(p_name);
BEGIN
    PERFORM hartonomous_internal.require_replayed();
    RETURN array(
        SELECT c.content_id
        FROM hartonomous.rating_snapshot AS s
        INNER JOIN hartonomous.content AS c ON c.content_id = ANY (s.content_ids)
        WHERE s.rating_snapshot_id = v_id
        ORDER BY c.content_id
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.sources_of_snapshot(text) IS
'Internal: the sources that were live when a snapshot was taken, and are there still.';
