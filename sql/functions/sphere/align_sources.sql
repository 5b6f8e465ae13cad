-- Generalised Procrustes analysis (Gower 1975) of the live sources' charts. The frame is a
-- function of the set of sources: those that are linked are taken in the order of their names, and
-- the first one's chart is not turned. Functions that change the set of live sources call this, so
-- that positions are right at commit; a source that something links comes in by itself then.
CREATE OR REPLACE FUNCTION hartonomous.align_sources()
RETURNS integer
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET work_mem = '256MB'
AS $$
DECLARE
    v_sources integer[];
BEGIN
    PERFORM hartonomous.lock_writer();
    -- charts that have just come have no statistics yet, and joins on them would be nested loops
    ANALYZE hartonomous.composition_coordinate, hartonomous.source_chart;
    v_sources := array(
        SELECT h.content_id
        FROM hartonomous.source_chart AS h
        INNER JOIN hartonomous.content AS c ON c.content_id = h.content_id
        WHERE c.state = 'live'
        ORDER BY c.source_identifier COLLATE "C"
    );
    UPDATE hartonomous.source_chart SET rotation = NULL, anchors = NULL, residual = NULL;
    PERFORM hartonomous_internal.rotate_charts(v_sources, FALSE);
    v_sources := array(
        SELECT s.content_id
        FROM unnest(v_sources) WITH ORDINALITY AS s (content_id, place)
        INNER JOIN hartonomous.source_chart AS h ON h.content_id = s.content_id AND h.rotation IS NOT NULL
        ORDER BY s.place
    );
    IF cardinality(v_sources) > 1 THEN
        PERFORM hartonomous_internal.rotate_charts(v_sources, TRUE);
        PERFORM hartonomous_internal.rotate_charts(v_sources, TRUE);
        PERFORM hartonomous_internal.measure_alignment();
    END IF;
    PERFORM hartonomous_internal.place_compositions();
    RETURN cardinality(v_sources);
END
$$;

COMMENT ON FUNCTION hartonomous.align_sources() IS
'Turns the charts of all live sources that are linked into one frame and places their concepts there; returns how many those are. The others keep their charts for when something links them.';
