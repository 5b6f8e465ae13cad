-- Last step of a load: everything that was copied becomes part of the graph. Heavy work
-- comes first; the locks that readers notice are taken at the very end.
CREATE OR REPLACE FUNCTION hartonomous.close_source(p_content_id integer)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET work_mem = '256MB'
SET maintenance_work_mem = '256MB'
AS $$
BEGIN
    INSERT INTO hartonomous.composition (composition_id, hash, label, kind)
    SELECT encode(substring(i.hash FROM 1 FOR 16), 'hex')::uuid, i.hash, i.label, i.kind
    FROM pg_temp.incoming_composition AS i
    ORDER BY i.hash
    ON CONFLICT DO NOTHING;

    IF p_content_id < 1073741824 THEN
        PERFORM hartonomous.merge_large_source(p_content_id);
    ELSE
        PERFORM hartonomous.merge_small_sources();
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous.close_source(integer) IS
'Ends the load of a source: merges its concepts, relations and evidence and brings the ratings up to date.';
