-- Deletions commute: what a database is without some sources, concepts and pieces of evidence is the same
-- in whatever order they go. So all sources go first, in one step, then concepts, then evidence; which
-- concepts are meant is asked before, as the sources that tell may go.
CREATE OR REPLACE FUNCTION hartonomous.replay_forgotten(deletions jsonb)
RETURNS hartonomous.deletion
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_traces jsonb;
    v_reached bytea;
    v_contents integer[];
    v_numbers integer[];
    v_listed bigint;
    v_deletion hartonomous.deletion;
    v_concepts hartonomous.deletion;
    v_evidence bigint := 0;
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_editor');
    PERFORM hartonomous.lock_writer();
    PERFORM hartonomous_internal.refuse_deletions(replay_forgotten.deletions);
    SELECT coalesce(jsonb_agg(t.trace ORDER BY d.place), '[]') INTO v_traces
    FROM jsonb_array_elements(replay_forgotten.deletions -> 'deletions') WITH ORDINALITY AS d (deletion, place)
    CROSS JOIN LATERAL jsonb_array_elements(d.deletion -> 'trace') AS t (trace)
    WHERE hartonomous.is_behind(
        (d.deletion #>> '{receipt,audit_id}')::bigint, decode(d.deletion #>> '{receipt,hash}', 'hex')
    );
    SELECT decode(d.hash, 'hex') INTO v_reached
    FROM (
        SELECT l.deletion #>> '{receipt,hash}' AS hash, (l.deletion #>> '{receipt,audit_id}')::bigint AS audit_id
        FROM jsonb_array_elements(replay_forgotten.deletions -> 'deletions') AS l (deletion)
    ) AS d
    ORDER BY d.audit_id DESC
    LIMIT 1;
    v_listed := hartonomous_internal.list_forgotten(replay_forgotten.deletions);
    IF v_listed = 0 AND hartonomous_internal.is_reached(v_reached) THEN
        RAISE EXCEPTION 'all of it was deleted here already, so nothing was changed' USING ERRCODE = 'HT003';
    END IF;
    v_contents := array(
        SELECT c.content_id FROM hartonomous.content AS c
        WHERE c.random_id IN (
            SELECT u.id::uuid
            FROM jsonb_array_elements(v_traces) AS t (trace)
            CROSS JOIN LATERAL jsonb_array_elements_text(t.trace -> 'sources') AS u (id)
        )
        ORDER BY c.content_id
    );
    v_numbers := hartonomous_internal.replayed_compositions(v_traces);
    v_deletion := hartonomous_internal.delete_contents(v_contents);
    IF v_numbers <> '{}' THEN
        v_concepts := hartonomous_internal.delete_compositions(v_numbers);
        v_deletion.counts := hartonomous_internal.added_counts(v_deletion.counts, v_concepts.counts);
    END IF;
    IF hartonomous_internal.note_replayed_evidence(v_traces) > 0 THEN
        v_evidence := hartonomous_internal.take_out_noted_evidence();
        v_deletion.counts := hartonomous_internal.added_counts(v_deletion.counts, jsonb_build_object('evidence', v_evidence));
    END IF;
    PERFORM hartonomous_internal.release_answers();
    -- an older backup may come back yet, which holds more of it than this one did
    DELETE FROM hartonomous.deletion_trace AS t WHERE t.audit_id IS NULL;
    INSERT INTO hartonomous.deletion_trace (random_ids, concepts, evidence)
    SELECT
        array(SELECT u.id::uuid FROM jsonb_array_elements_text(t.trace -> 'sources') AS u (id)),
        t.trace -> 'concepts', t.trace -> 'evidence'
    FROM jsonb_array_elements(v_traces) WITH ORDINALITY AS t (trace, place)
    ORDER BY t.place;
    v_deletion := hartonomous_internal.finish_deletion(
        'replay_forgotten', v_deletion, NULL,
        jsonb_build_object('forgotten', v_listed, 'reached', encode(v_reached, 'hex')), v_reached
    );
    PERFORM hartonomous_internal.drop_list_tables(v_contents);
    RETURN v_deletion;
END
$$;

COMMENT ON FUNCTION hartonomous.replay_forgotten(jsonb) IS
'Deletes again, exactly, what export_forgotten said was deleted, after an older backup was restored, and puts persons and concepts on the lists of what is to stay forgotten; from then on the database answers again.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous.replay_forgotten(jsonb)');
