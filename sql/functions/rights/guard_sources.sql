-- Row-level security is on only while somebody may not see something: with it, indexes on arrays are of no
-- use to who isn't the owner. It gives up before a reader that waits for it looks for a deadlock, and others
-- queue behind it, and tries again: in between, all that it held is free.
CREATE OR REPLACE FUNCTION hartonomous_internal.guard_sources()
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '300ms'
AS $$
DECLARE
    c_tries constant integer := 30;
    -- short waits come between readers who follow each other, long ones outlast a reader; all are less than
    -- the second after which a deadlock is looked for
    c_waits constant integer[] := '{50, 100, 200, 400, 800}';
    c_most_seconds constant double precision := 0.1;
BEGIN
    FOR v_try IN 1..c_tries LOOP
        PERFORM set_config('lock_timeout', c_waits[1 + v_try % cardinality(c_waits)] || 'ms', TRUE);
        BEGIN
            PERFORM hartonomous_internal.set_guards();
            RETURN;
        EXCEPTION
            WHEN lock_not_available OR deadlock_detected THEN NULL;
        END;
        PERFORM pg_sleep(c_most_seconds * random());
    END LOOP;
    RAISE EXCEPTION 'somebody reads for long (a backup does), so nothing was changed: try again when that has ended'
        USING ERRCODE = 'lock_not_available';
END
$$;

COMMENT ON FUNCTION hartonomous_internal.guard_sources() IS
'Internal: guards the rows of sources that have viewers, and takes the guards away when none has.';
