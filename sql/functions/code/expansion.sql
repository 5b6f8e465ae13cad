CREATE OR REPLACE FUNCTION hartonomous_internal.expansion(p_words text, p_most integer)
RETURNS TABLE (word text, stem text, near text[])
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_stems constant text[] := array(SELECT w.stem FROM hartonomous_internal.word_stems(p_words) AS w);
BEGIN
    IF v_stems = '{}' THEN
        RAISE EXCEPTION 'no word to look for in %', quote_literal(left(coalesce(p_words, ''), 80)) USING ERRCODE = 'HT004';
    END IF;
    RETURN QUERY
    SELECT
        w.word, w.stem,
        hartonomous_internal.words_near(hartonomous_internal.find_composition_number(w.word), p_most, v_stems)
    FROM hartonomous_internal.word_stems(p_words) AS w
    ORDER BY w.place;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.expansion(text, integer) IS
'Internal: the words of a question by their stems, and to which words each is most strongly related.';
