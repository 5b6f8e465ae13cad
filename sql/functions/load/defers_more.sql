-- Triggers on what this transaction changed may run at commit after this one, for as long as they please. Those of foreign keys
-- are the server's own.
CREATE OR REPLACE FUNCTION hartonomous_internal.defers_more()
RETURNS boolean
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT EXISTS (
        SELECT FROM pg_trigger AS t
        INNER JOIN pg_proc AS p ON p.oid = t.tgfoid
        INNER JOIN pg_locks AS l ON l.relation = t.tgrelid AND l.pid = pg_backend_pid() AND l.mode = 'RowExclusiveLock'
        WHERE t.tgdeferrable AND p.pronamespace NOT IN ('pg_catalog'::regnamespace, 'hartonomous_internal'::regnamespace)
    )
$$;

COMMENT ON FUNCTION hartonomous_internal.defers_more() IS
'Internal to exclude_planned_statements: whether a transaction may have more to do at commit than the server''s own checks.';
