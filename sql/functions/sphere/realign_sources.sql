-- Positions on the sphere are a function of the live sources' charts, so whatever changes these
-- ends with this. It refuses nothing: that would stop a deletion.
CREATE OR REPLACE FUNCTION hartonomous_internal.realign_sources()
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous.align_sources();
END
$$;

COMMENT ON FUNCTION hartonomous_internal.realign_sources() IS
'Internal: brings positions on the sphere up to date after the set of live sources has changed.';
