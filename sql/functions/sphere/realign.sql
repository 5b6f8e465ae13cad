-- Functions that change the set of live sources call this, so that positions are right at
-- commit. Where the sources that are left share too little, there are no positions any more:
-- that is no reason to refuse a deletion.
CREATE OR REPLACE FUNCTION hartonomous.realign()
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM hartonomous.composition_position) THEN
        RETURN;
    END IF;
    BEGIN
        PERFORM hartonomous.align_sources();
    EXCEPTION WHEN SQLSTATE 'HT010' THEN
        UPDATE hartonomous.source_chart SET rotation = NULL, anchors = NULL, residual = NULL;
        DELETE FROM hartonomous.composition_position;
    END;
END
$$;

COMMENT ON FUNCTION hartonomous.realign() IS
'Internal: brings the positions of concepts up to date after live sources came back or went, where there are any positions.';
