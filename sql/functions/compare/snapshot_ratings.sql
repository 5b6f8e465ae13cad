CREATE OR REPLACE FUNCTION hartonomous.snapshot_ratings(name text)
RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET work_mem = '256MB'
AS $$
DECLARE
    v_id integer;
    v_count bigint;
BEGIN
    PERFORM hartonomous.lock_writer();
    IF EXISTS (SELECT FROM hartonomous.rating_snapshot AS s WHERE s.name = snapshot_ratings.name) THEN
        RAISE EXCEPTION 'there is a snapshot % already', snapshot_ratings.name USING ERRCODE = 'HT001';
    END IF;
    INSERT INTO hartonomous.rating_snapshot (name, relation_count) VALUES (snapshot_ratings.name, 0)
    RETURNING rating_snapshot_id INTO v_id;
    EXECUTE format(
        'CREATE TABLE hartonomous.%I (relation_id uuid PRIMARY KEY, elo_score double precision NOT NULL)',
        'rating_snapshot_' || v_id
    );
    EXECUTE format(
        'INSERT INTO hartonomous.%I SELECT l.relation_id, l.elo_score FROM hartonomous.live_ratings() AS l'
        ' ORDER BY l.relation_id',
        'rating_snapshot_' || v_id
    );
    GET DIAGNOSTICS v_count = ROW_COUNT;
    UPDATE hartonomous.rating_snapshot AS s SET relation_count = v_count WHERE s.rating_snapshot_id = v_id;
    PERFORM hartonomous.append_audit('snapshot_ratings', jsonb_build_object('relations', v_count));
    RETURN v_count;
END
$$;

COMMENT ON FUNCTION hartonomous.snapshot_ratings(text) IS
'Keeps the ratings of all live relations under a name, to be compared later; returns how many. The deletion of a person or a concept drops all snapshots.';

SELECT hartonomous.restrict_to('hartonomous_editor', 'hartonomous.snapshot_ratings(text)');
