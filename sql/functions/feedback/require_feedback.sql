CREATE OR REPLACE FUNCTION hartonomous_internal.require_feedback(
    p_subject text, p_a text, p_b text, p_verdict text, p_corrected text, p_relation_type text
)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF coalesce(p_subject, '') = '' THEN
        RAISE EXCEPTION 'say whose feedback it is' USING ERRCODE = 'HT004';
    END IF;
    PERFORM hartonomous_internal.require_subject(p_subject);
    IF p_verdict IS NULL OR p_verdict NOT IN ('accept', 'reject', 'correct') THEN
        RAISE EXCEPTION 'a verdict is accept, reject or correct, not %', coalesce(left(p_verdict, 80), 'null') USING ERRCODE = 'HT004';
    ELSIF (p_verdict = 'correct') <> (p_corrected IS NOT NULL) THEN
        RAISE EXCEPTION 'the verdict correct, and no other, names the concept that is right' USING ERRCODE = 'HT004';
    ELSIF p_a = p_b OR p_corrected IN (p_a, p_b, '') THEN
        RAISE EXCEPTION 'feedback is about different concepts' USING ERRCODE = 'HT004';
    ELSIF NOT EXISTS (SELECT FROM hartonomous.relation_type AS t WHERE t.name = p_relation_type) THEN
        RAISE EXCEPTION 'no relation type %', coalesce(left(p_relation_type, 80), 'null') USING ERRCODE = 'HT002';
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_feedback(text, text, text, text, text, text) IS
'Internal to record_feedback: refuses what is no verdict.';
