CREATE OR REPLACE FUNCTION hartonomous_internal.refuse_label(p_label text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_shown constant text := hartonomous_internal.shown_name(p_label);
    v_near text;
BEGIN
    IF p_label IS NULL THEN
        RAISE EXCEPTION 'a concept is named by text, not by null' USING ERRCODE = 'HT004';
    END IF;
    PERFORM hartonomous_internal.require_loaded();
    SELECT string_agg(s.suggestion, ', ') INTO v_near FROM hartonomous.suggest_labels(p_label) AS s;
    IF v_near IS NULL THEN
        RAISE EXCEPTION 'no concept %, nor one written nearly like it', v_shown USING ERRCODE = 'HT003';
    END IF;
    RAISE EXCEPTION 'no concept %; near it: %', v_shown, v_near USING ERRCODE = 'HT003';
END
$$;

COMMENT ON FUNCTION hartonomous_internal.refuse_label(text) IS
'Internal: the error of every question for a concept that is not known, with known ones written nearly like it.';
