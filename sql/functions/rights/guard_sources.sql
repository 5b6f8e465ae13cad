-- Row-level security is on only while somebody may not see something: with it, indexes on arrays are of no
-- use to who isn't the owner. It gives up before a reader that waits for it looks for a deadlock, and others queue behind it.
CREATE OR REPLACE FUNCTION hartonomous_internal.guard_sources()
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '500ms'
AS $$
DECLARE
    v_table record;
BEGIN
    FOR v_table IN SELECT g.* FROM hartonomous_internal.wrong_guards() AS g LOOP
        EXECUTE format('DROP POLICY IF EXISTS is_seen ON hartonomous.%I', v_table.name);
        IF v_table.is_missing THEN
            EXECUTE format('CREATE POLICY is_seen ON hartonomous.%I USING (%s)', v_table.name, v_table.seen);
            EXECUTE format('ALTER TABLE hartonomous.%I ENABLE ROW LEVEL SECURITY', v_table.name);
        ELSE
            EXECUTE format('ALTER TABLE hartonomous.%I DISABLE ROW LEVEL SECURITY', v_table.name);
        END IF;
    END LOOP;
EXCEPTION
    WHEN lock_not_available THEN
        RAISE EXCEPTION 'somebody reads for long (a backup does), so nothing was changed: try again when that has ended'
            USING ERRCODE = 'lock_not_available';
END
$$;

COMMENT ON FUNCTION hartonomous_internal.guard_sources() IS
'Internal: guards the rows of sources that have viewers, and takes the guards away when none has.';
