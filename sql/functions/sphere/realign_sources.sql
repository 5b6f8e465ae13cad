-- Positions on the sphere are a function of the live sources' charts. Charts that cannot be
-- turned into one frame any more leave the substrate without positions; that must not stop a
-- deletion.
CREATE OR REPLACE FUNCTION hartonomous.realign_sources()
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous.align_sources();
EXCEPTION
    WHEN SQLSTATE 'HT010' THEN
        UPDATE hartonomous.source_chart SET rotation = NULL, anchors = NULL, residual = NULL;
        DELETE FROM hartonomous.composition_position;
END
$$;

COMMENT ON FUNCTION hartonomous.realign_sources() IS
'Internal: brings positions on the sphere up to date after the set of live sources has changed.';
