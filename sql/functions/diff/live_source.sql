CREATE OR REPLACE FUNCTION hartonomous_internal.live_source(p_source text)
RETURNS integer
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- from here on no lists are dropped
    v_dropped constant integer[] := hartonomous_internal.dropped_sources();
    v_content_id constant integer := (
        SELECT c.content_id FROM hartonomous.content AS c
        WHERE c.source_identifier = p_source AND hartonomous_internal.is_in_scope(c) AND c.content_id <> ALL (v_dropped)
    );
BEGIN
    IF v_content_id IS NULL THEN
        PERFORM hartonomous_internal.refuse_unknown('live source', p_source, array(
            SELECT c.source_identifier FROM hartonomous.content AS c
            WHERE hartonomous_internal.is_in_scope(c) AND c.content_id <> ALL (v_dropped)
            LIMIT 10000
        ));
    END IF;
    RETURN v_content_id;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.live_source(text) IS
'Internal to diff: number of a source in scope; an error that names near matches, the same for one that is not there and one that may not be seen.';
