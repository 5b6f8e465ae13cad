CREATE OR REPLACE FUNCTION hartonomous.snapshot_ratings(name text)
RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_live integer[];
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_editor');
    PERFORM hartonomous_internal.require_name('snapshot', snapshot_ratings.name);
    PERFORM hartonomous_internal.refuse_snapshot(snapshot_ratings.name);
    PERFORM hartonomous.lock_writer();
    v_live := array(
        SELECT c.content_id FROM hartonomous.content AS c WHERE c.state = 'live' ORDER BY c.content_id
    );
    PERFORM hartonomous_internal.refuse_snapshot(snapshot_ratings.name);
    INSERT INTO hartonomous.rating_snapshot (name, content_ids) VALUES (snapshot_ratings.name, v_live);
    PERFORM hartonomous_internal.append_audit('snapshot_ratings', jsonb_build_object('sources', cardinality(v_live)));
    RETURN cardinality(v_live);
END
$$;

COMMENT ON FUNCTION hartonomous.snapshot_ratings(text) IS
'Keeps, under a name, which sources are live now, to compare their ratings with later ones; returns how many.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous.snapshot_ratings(text)');
