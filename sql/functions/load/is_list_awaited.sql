-- Who writes to lists may need something that this session holds, and so may who waits for whatever;
-- who only reads needs nothing.
CREATE OR REPLACE FUNCTION hartonomous_internal.is_list_awaited()
RETURNS boolean
LANGUAGE sql VOLATILE
AS $$
    SELECT EXISTS (
        SELECT FROM pg_locks AS l
        WHERE l.locktype = 'relation'
            AND l.relation = 'hartonomous.relation_list'::regclass
            AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
            AND l.pid <> pg_backend_pid()
            AND (
                l.mode <> 'AccessShareLock'
                OR EXISTS (SELECT FROM pg_locks AS w WHERE w.pid = l.pid AND NOT w.granted)
            )
    )
$$;

COMMENT ON FUNCTION hartonomous_internal.is_list_awaited() IS
'Internal to exclude_planned_statements: whether waiting for the lists could become a deadlock.';
