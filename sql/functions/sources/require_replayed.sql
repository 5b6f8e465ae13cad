CREATE OR REPLACE FUNCTION hartonomous_internal.require_replayed()
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM hartonomous.replay_due) THEN
        RAISE EXCEPTION 'this database is older than what was deleted from it, and answers nothing until `hartonomous forgotten replay FILE` has deleted that again'
            USING ERRCODE = 'HT007';
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_replayed() IS
'Internal: an error while a backup was restored that holds what was deleted since.';
