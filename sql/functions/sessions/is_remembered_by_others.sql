-- A session that is idle in a transaction and holds a snapshot may come back and expect to find what
-- was there; the state of other roles' sessions may be hidden. Who holds a lock asks for those that
-- wait for it too: a transaction that waits in its second statement, or a later one, may have a
-- snapshot of before. What a transaction once saw of other sessions it goes on seeing until that is
-- cleared.
CREATE OR REPLACE FUNCTION hartonomous_internal.is_remembered_by_others(p_waiting boolean DEFAULT FALSE)
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
            AND (
                coalesce(s.state, 'idle in transaction') LIKE 'idle in transaction%'
                OR (p_waiting AND s.state = 'active' AND s.xact_start < s.query_start)
            )
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.is_remembered_by_others(boolean) IS
'Internal: whether another session is between two statements of a transaction, or, p_waiting, in a later statement of one, and must not miss a table.';
