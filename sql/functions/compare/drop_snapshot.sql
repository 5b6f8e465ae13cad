CREATE OR REPLACE FUNCTION hartonomous.drop_snapshot(name text)
RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_id integer;
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_editor');
    PERFORM hartonomous_internal.require_snapshot(drop_snapshot.name);
    PERFORM hartonomous.lock_writer();
    v_id := hartonomous_internal.require_snapshot(drop_snapshot.name);
    DELETE FROM hartonomous.rating_snapshot AS s WHERE s.rating_snapshot_id = v_id;
    PERFORM hartonomous_internal.append_audit('drop_snapshot', '{}');
END
$$;

COMMENT ON FUNCTION hartonomous.drop_snapshot(text) IS
'Drops a rating snapshot.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous.drop_snapshot(text)');
