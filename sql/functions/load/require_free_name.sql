-- A verdict is found by its name, and a person's documents are named after the person: who takes such a
-- name first would speak for somebody, or keep them from being heard.
CREATE OR REPLACE FUNCTION hartonomous_internal.require_free_name(p_source_identifier text, p_kind text, p_subject_key text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF p_kind = 'feedback' OR starts_with(p_source_identifier, 'feedback:') THEN
        RAISE EXCEPTION 'feedback comes in by record_feedback alone' USING ERRCODE = 'HT004';
    ELSIF p_source_identifier ~ '^subject-[0-9a-f]{12}:'
        AND left(p_source_identifier, 20) IS DISTINCT FROM hartonomous.pseudonym(hartonomous_internal.trimmed_key(p_subject_key)) THEN
        RAISE EXCEPTION 'a source is named after the person whose it is, not %', left(p_source_identifier, 80)
            USING ERRCODE = 'HT004';
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_free_name(text, text, text) IS
'Internal to open_source: refuses names that stand for verdicts, or for another person.';
