-- Feedback is evidence like any other: one source a verdict, named after what it says, so that
-- saying it twice changes nothing and the order of verdicts never shows.
CREATE OR REPLACE FUNCTION hartonomous.record_feedback(
    subject text,
    a text,
    b text,
    verdict text,
    corrected text DEFAULT NULL,
    relation_type text DEFAULT 'related'
)
RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_a integer;
    v_b integer;
    v_subject constant text := hartonomous_internal.trimmed_key(record_feedback.subject);
    v_said bytea := hartonomous_internal.framed(VARIADIC ARRAY[
        hartonomous_internal.nfc(record_feedback.a), hartonomous_internal.nfc(record_feedback.b), record_feedback.verdict,
        hartonomous_internal.nfc(record_feedback.corrected), record_feedback.relation_type
    ]);
    v_name text;
    v_content_id integer;
    v_is_new boolean;
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_contributor');
    PERFORM hartonomous_internal.require_feedback(
        record_feedback.subject, record_feedback.a, record_feedback.b,
        record_feedback.verdict, record_feedback.corrected, record_feedback.relation_type
    );
    -- once before others are waited for, without keeping a deletion from the lists that this looks at, and
    -- once with what they leave
    BEGIN
        PERFORM hartonomous_internal.require_judged(record_feedback.a, record_feedback.b, record_feedback.corrected);
        RAISE EXCEPTION USING ERRCODE = 'HT101';
    EXCEPTION
        WHEN SQLSTATE 'HT101' THEN NULL;
    END;
    PERFORM hartonomous.lock_loader();
    SELECT j.a, j.b INTO v_a, v_b
    FROM hartonomous_internal.require_judged(record_feedback.a, record_feedback.b, record_feedback.corrected) AS j;
    v_name := format(
        'feedback:%s:%s', hartonomous.pseudonym(v_subject),
        left(encode(hartonomous.blake3(v_said), 'hex'), 16)
    );
    SELECT o.content_id, o.is_new INTO v_content_id, v_is_new
    FROM hartonomous_internal.start_source(
        v_name, 'feedback',
        hartonomous.blake3(hartonomous_internal.framed(VARIADIC ARRAY[v_subject]) || v_said),
        v_subject
    ) AS o;
    IF v_content_id IS NULL THEN
        RAISE NOTICE 'this person is to stay forgotten, so the verdict was left out';
        RETURN NULL;
    ELSIF NOT v_is_new THEN
        RAISE NOTICE 'this was said before, so nothing was changed';
        RETURN v_name;
    END IF;
    PERFORM hartonomous_internal.add_verdict(
        v_content_id, v_a, v_b,
        CASE record_feedback.verdict WHEN 'accept' THEN hartonomous_internal.weight_unit() ELSE -1 END, record_feedback.relation_type
    );
    IF record_feedback.verdict = 'correct' THEN
        PERFORM hartonomous_internal.add_verdict(
            v_content_id, v_a, hartonomous_internal.ensure_composition(record_feedback.corrected),
            hartonomous_internal.weight_unit(), record_feedback.relation_type
        );
    END IF;
    PERFORM hartonomous_internal.append_audit(
        'record_feedback', hartonomous_internal.describe_load(ARRAY[v_content_id])
    );
    RETURN v_name;
END
$$;

COMMENT ON FUNCTION hartonomous.record_feedback(text, text, text, text, text, text) IS
'A person''s verdict on the relation of two concepts: accept, reject, or correct, which rejects it and accepts the relation to another concept instead. Never lowers what is accepted nor raises what is rejected. Returns the name of the source that it became, null when the person is to stay forgotten.';

SELECT hartonomous_internal.restrict_to(
    'hartonomous_contributor', 'hartonomous.record_feedback(text, text, text, text, text, text)'
);
