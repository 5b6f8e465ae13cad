CREATE OR REPLACE FUNCTION hartonomous.trim_snapshots()
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_snapshot_id integer;
BEGIN
    FOR v_snapshot_id IN SELECT s.rating_snapshot_id FROM hartonomous.rating_snapshot AS s LOOP
        EXECUTE format(
            'DELETE FROM hartonomous.%I AS s WHERE NOT EXISTS ('
            '    SELECT FROM hartonomous.relation AS r WHERE r.relation_id = s.relation_id'
            ')',
            'rating_snapshot_' || v_snapshot_id
        );
    END LOOP;
END
$$;

COMMENT ON FUNCTION hartonomous.trim_snapshots() IS
'Internal to the deletion of a source: no snapshot keeps relations that are gone.';
