-- In the order of ids, which decides between what is equally good.
CREATE OR REPLACE FUNCTION hartonomous_internal.numbers_of_prompt(p_prompt text, p_excluded integer[] DEFAULT '{}')
RETURNS integer[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_unknown text;
    v_numbers integer[];
BEGIN
    SELECT
        string_agg(left(w.word, 80), ', ' ORDER BY w.place) FILTER (WHERE w.composition_id IS NULL),
        array(
            SELECT n.composition_number FROM hartonomous.composition AS n
            WHERE n.composition_id = ANY (array_agg(w.composition_id)) AND n.composition_number <> ALL (p_excluded)
            ORDER BY n.composition_id
        )
    INTO v_unknown, v_numbers
    FROM hartonomous.prompt_words(p_prompt) AS w;
    IF v_numbers = '{}' THEN
        PERFORM hartonomous_internal.require_loaded();
        RAISE EXCEPTION 'no word of % is a known concept', hartonomous_internal.shown_name(p_prompt)
            USING ERRCODE = 'HT003';
    END IF;
    IF v_unknown IS NOT NULL THEN
        RAISE NOTICE 'unknown words are skipped: %', left(v_unknown, 800);
    END IF;
    RETURN v_numbers;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.numbers_of_prompt(text, integer[]) IS
'Internal: the concepts that a prompt''s words stand for, but some; a notice names unknown words, an error says that all are.';
