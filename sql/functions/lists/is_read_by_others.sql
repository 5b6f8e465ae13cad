-- A session that is idle in a transaction and holds a snapshot may come back and expect to find what
-- was there; the state of other roles' sessions may be hidden.
CREATE OR REPLACE FUNCTION hartonomous.is_read_by_others()
RETURNS boolean
LANGUAGE sql VOLATILE
AS $$
    SELECT EXISTS (
        SELECT FROM pg_stat_activity AS s
        WHERE s.datname = current_database()
            AND s.pid <> pg_backend_pid()
            AND s.backend_xmin IS NOT NULL
            AND coalesce(s.state, 'idle in transaction') LIKE 'idle in transaction%'
    )
$$;

COMMENT ON FUNCTION hartonomous.is_read_by_others() IS
'Internal: whether another session is between two statements of a transaction and must not miss a table.';
