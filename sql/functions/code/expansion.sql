CREATE OR REPLACE FUNCTION hartonomous_internal.expansion(p_words text, p_most integer)
RETURNS TABLE (word text, stem text, near text[])
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_stems constant text[] := hartonomous_internal.require_stems(p_words);
BEGIN
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
