-- A snapshot's figures contain what every source said, so none outlives a person's deletion.
CREATE OR REPLACE FUNCTION hartonomous.drop_all_snapshots()
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_snapshot_id integer;
BEGIN
    FOR v_snapshot_id IN DELETE FROM hartonomous.rating_snapshot AS s RETURNING s.rating_snapshot_id LOOP
        EXECUTE format('DROP TABLE hartonomous.%I', 'rating_snapshot_' || v_snapshot_id);
    END LOOP;
END
$$;

COMMENT ON FUNCTION hartonomous.drop_all_snapshots() IS
'Internal to the deletion of a person or a concept: drops all rating snapshots.';
