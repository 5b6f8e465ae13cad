-- One writer at a time: every change of evidence waits here first, so writers cannot
-- deadlock on each other's rows. Readers never wait here.
CREATE OR REPLACE FUNCTION hartonomous.lock_writer()
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(1751216500, 1);
END
$$;

COMMENT ON FUNCTION hartonomous.lock_writer() IS
'Waits until no other transaction changes evidence; released when this transaction ends.';
