-- A statement that was planned before a partition was attached and runs after it would find the
-- source and miss its lists. Asked at commit, when nothing is left to do but to end: the parent's
-- lock waits for the statements that know the old partitions, and who comes next plans with the new
-- ones. It never waits long, because readers queue behind it; where somebody reads for long (a
-- backup does), another load goes on or more is left to do, the load ends without it.
CREATE OR REPLACE FUNCTION hartonomous_internal.exclude_planned_statements()
RETURNS boolean
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '20ms'
AS $$
DECLARE
    c_tries constant integer := 5;
BEGIN
    FOR v_try IN 1..c_tries LOOP
        EXIT WHEN hartonomous_internal.is_list_awaited() OR hartonomous_internal.defers_more();
        BEGIN
            LOCK TABLE ONLY hartonomous.relation_list IN ACCESS EXCLUSIVE MODE;
            RETURN TRUE;
        EXCEPTION
            WHEN lock_not_available OR deadlock_detected THEN
                PERFORM pg_sleep(0.02);
        END;
    END LOOP;
    RETURN FALSE;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.exclude_planned_statements() IS
'Internal to require_closed: lets no statement run that was planned before a partition was attached; false when somebody read for too long.';
