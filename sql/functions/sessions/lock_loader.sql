-- Loads add, each what is its own, so they go on beside each other; what takes away or turns the
-- sphere waits for them, and they for it. Readers never wait here.
CREATE OR REPLACE FUNCTION hartonomous.lock_loader()
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous_internal.require_read_committed();
    PERFORM hartonomous_internal.take_turn(FALSE);
END
$$;

COMMENT ON FUNCTION hartonomous.lock_loader() IS
'Waits until no other transaction takes evidence away; released when this transaction ends.';
