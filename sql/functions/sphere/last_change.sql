-- A layout is made outside the database, and what it was made of must still stand when it is
-- stored: a concept that was deleted meanwhile would come back with it. Loads touch no other source.
CREATE OR REPLACE FUNCTION hartonomous_internal.last_change()
RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(max(a.audit_id), 0)
    FROM hartonomous.audit AS a
    WHERE a.action <> ALL ('{ingest,record_feedback,snapshot_ratings,drop_snapshot,mark_source}')
$$;

COMMENT ON FUNCTION hartonomous_internal.last_change() IS
'Internal to open_layout: number of the last change of what sources say that were there before, or of their state.';
