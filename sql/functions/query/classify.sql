CREATE OR REPLACE FUNCTION hartonomous.classify(
    "text" text, labels text[],
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS TABLE (label text, score double precision, nearest text)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    c_words constant integer := 100;
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
    v_words constant text[] := array(
        SELECT c.label FROM hartonomous.composition AS c
        WHERE c.composition_number = ANY (hartonomous_internal.numbers_of_prompt(classify.text))
        ORDER BY c.label COLLATE "C"
        LIMIT c_words
    );
BEGIN
    RETURN QUERY
    SELECT r.candidate, r.score, r.nearest
    FROM hartonomous.rank_candidates(v_words, classify.labels) WITH ORDINALITY AS r (candidate, score, nearest, place)
    ORDER BY r.place;
    PERFORM hartonomous_internal.leave_scope(v_scope);
END
$$;

COMMENT ON FUNCTION hartonomous.classify(text, text[], text[], text[], text) IS
'Labels in the order in which a text may be of them: each one''s mean relatedness to the text''s known words, up to 100, and the word that it is nearest to.';
