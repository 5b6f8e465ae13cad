-- A change looks at what others committed while it waited for them, which a snapshot of before hides:
-- a summary that was made meanwhile would stay, and a concept that was loaded meanwhile would go.
CREATE OR REPLACE FUNCTION hartonomous_internal.require_read_committed()
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        RAISE EXCEPTION 'changes are made in READ COMMITTED transactions, and this one is %',
            upper(current_setting('transaction_isolation'))
            USING ERRCODE = 'HT004';
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_read_committed() IS
'Internal: refuses a change in a transaction that does not see what others commit.';
