-- Readers queue behind a lock that waits, so this one never waits long: it lets go, pauses and
-- tries again. What it has locked already is let go too, so that it can't deadlock with a
-- reader that goes from table to table.
CREATE OR REPLACE FUNCTION hartonomous.lock_for_exchange(p_tables text[])
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '20ms'
AS $$
DECLARE
    v_deadline timestamptz := clock_timestamp() + interval '60 seconds';
    v_table text;
BEGIN
    LOOP
        BEGIN
            FOREACH v_table IN ARRAY p_tables LOOP
                EXECUTE format('LOCK TABLE ONLY hartonomous.%I IN ACCESS EXCLUSIVE MODE', v_table);
            END LOOP;
            RETURN;
        EXCEPTION
            WHEN lock_not_available OR deadlock_detected THEN
                IF clock_timestamp() > v_deadline THEN
                    RAISE EXCEPTION 'other sessions have been reading for a minute without a pause; nothing was changed'
                        USING ERRCODE = 'HT006';
                END IF;
        END;
        PERFORM pg_sleep(0.1);
    END LOOP;
END
$$;

COMMENT ON FUNCTION hartonomous.lock_for_exchange(text[]) IS
'Internal: locks tables for an exchange without holding up readers while it waits.';
