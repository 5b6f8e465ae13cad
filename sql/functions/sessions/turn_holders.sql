-- Of other roles' sessions only name and process are seen where this owner may not see more.
CREATE OR REPLACE FUNCTION hartonomous_internal.turn_holders(p_alone boolean)
RETURNS text
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(
        string_agg(
            format(
                'process %s of %s%s',
                s.pid,
                s.usename,
                CASE WHEN s.xact_start IS NOT NULL THEN
                    format(', busy for %s s', ceil(extract(epoch FROM clock_timestamp() - s.xact_start)))
                END
            ),
            ' and ' ORDER BY s.xact_start, s.pid
        ),
        'another session'
    )
    FROM (
        SELECT DISTINCT l.pid FROM pg_locks AS l
        WHERE l.locktype = 'relation'
            AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
            AND l.relation = 'hartonomous.schema_migration'::regclass
            AND l.granted
            AND l.pid <> pg_backend_pid()
            AND (l.mode = 'ShareRowExclusiveLock' OR (p_alone AND l.mode = 'RowExclusiveLock'))
        ORDER BY l.pid
        LIMIT 5
    ) AS h
    INNER JOIN pg_stat_activity AS s ON s.pid = h.pid
$$;

COMMENT ON FUNCTION hartonomous_internal.turn_holders(boolean) IS
'Internal: who a change waits for, five at most.';
