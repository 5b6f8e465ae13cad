-- A table that only its owner may lock like this: who may only read holds up nobody. Any will do that
-- is written by migrations alone. Whoever has to wait is told once for whom, and then keeps its place.
-- Who has read lists and waits here may be what a deletion waits for that wants them; it soon gives
-- up, so that what looks like a deadlock ends by waiting on.
CREATE OR REPLACE FUNCTION hartonomous_internal.take_turn(p_alone boolean)
RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_tries constant integer := 10;
    v_holders text;
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_contributor');
    -- foreign keys don't act there, so what hangs on a source would stay when it goes
    IF current_setting('session_replication_role') = 'replica' THEN
        RAISE EXCEPTION 'nothing was changed: session_replication_role is replica, where foreign keys do not act; set it to origin'
            USING ERRCODE = 'HT005';
    END IF;
    BEGIN
        IF p_alone THEN
            LOCK TABLE hartonomous.schema_migration IN SHARE ROW EXCLUSIVE MODE NOWAIT;
        ELSE
            LOCK TABLE hartonomous.schema_migration IN ROW EXCLUSIVE MODE NOWAIT;
        END IF;
        RETURN;
    EXCEPTION
        WHEN lock_not_available THEN NULL;
    END;
    v_holders := hartonomous_internal.turn_holders(p_alone);
    RAISE NOTICE 'waiting for %', v_holders USING ERRCODE = 'HT100';
    FOR v_try IN 1..c_tries LOOP
        BEGIN
            IF p_alone THEN
                LOCK TABLE hartonomous.schema_migration IN SHARE ROW EXCLUSIVE MODE;
            ELSE
                LOCK TABLE hartonomous.schema_migration IN ROW EXCLUSIVE MODE;
            END IF;
            RETURN;
        EXCEPTION
            WHEN deadlock_detected THEN
                IF v_try = c_tries THEN
                    RAISE;
                END IF;
        END;
    END LOOP;
EXCEPTION
    WHEN lock_not_available THEN
        RAISE EXCEPTION 'nothing was changed: lock_timeout (%) ended the wait for %',
            current_setting('lock_timeout'), v_holders
            USING ERRCODE = 'HT005';
END
$$;

COMMENT ON FUNCTION hartonomous_internal.take_turn(boolean) IS
'Internal: waits for changes that may not run beside this one, p_alone for all of them, and tells the client for whom; held until the transaction ends.';

SELECT hartonomous_internal.restrict_to('hartonomous_contributor', 'hartonomous_internal.take_turn(boolean)');
