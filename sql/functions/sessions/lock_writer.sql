-- What takes evidence away is alone: every such change waits here first, so that no concept goes
-- that a load beside it is about to name. Readers never wait here.
CREATE OR REPLACE FUNCTION hartonomous.lock_writer()
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous_internal.require_read_committed();
    PERFORM hartonomous_internal.take_turn(TRUE);
END
$$;

COMMENT ON FUNCTION hartonomous.lock_writer() IS
'Waits until no other transaction loads or takes away evidence; released when this transaction ends.';
