-- Asked by who holds a lock: a transaction that waits for it in its second statement, or a later one,
-- may have a snapshot of before.
CREATE OR REPLACE FUNCTION hartonomous.is_awaited_by_others()
RETURNS boolean
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM pg_stat_clear_snapshot();
    RETURN EXISTS (
        SELECT FROM pg_stat_activity AS s
        WHERE s.datname = current_database()
            AND s.pid <> pg_backend_pid()
            AND s.backend_xmin IS NOT NULL
            AND s.state = 'active'
            AND s.xact_start < s.query_start
    );
END
$$;

COMMENT ON FUNCTION hartonomous.is_awaited_by_others() IS
'Internal: whether another session is in a later statement of a transaction and must not miss a table.';
