CREATE OR REPLACE FUNCTION hartonomous_internal.require_judged(
    p_a text, p_b text, p_corrected text, OUT a integer, OUT b integer
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    a := hartonomous_internal.require_concept(p_a);
    b := hartonomous_internal.require_concept(p_b);
    IF a = b OR hartonomous_internal.find_composition_number(p_corrected) IN (a, b) THEN
        RAISE EXCEPTION 'feedback is about different concepts' USING ERRCODE = 'HT004';
    END IF;
    IF p_corrected IS NOT NULL THEN
        PERFORM hartonomous_internal.require_label(p_corrected);
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_judged(text, text, text) IS
'Internal to record_feedback: numbers of the two concepts; an error where one is not known, or all are not different.';
