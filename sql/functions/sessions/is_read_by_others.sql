-- A session that is idle in a transaction and holds a snapshot may come back and expect to find what
-- was there; the state of other roles' sessions may be hidden. What a transaction once saw of other
-- sessions it goes on seeing until that is cleared.
CREATE OR REPLACE FUNCTION hartonomous.is_read_by_others()
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
            AND coalesce(s.state, 'idle in transaction') LIKE 'idle in transaction%'
    );
END
$$;

COMMENT ON FUNCTION hartonomous.is_read_by_others() IS
'Internal: whether another session is between two statements of a transaction and must not miss a table.';
