CREATE OR REPLACE FUNCTION hartonomous_internal.known_words(p_words text[])
RETURNS TABLE (word text)
LANGUAGE plpgsql STABLE STRICT ROWS 1000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT w.word FROM unnest(p_words) AS w (word)
    WHERE hartonomous_internal.stored_composition(w.word) IS NOT NULL;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.known_words(text[]) IS
'Internal to judge_sources: those of some words that are concepts.';
