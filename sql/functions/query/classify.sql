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
    v_unknown text;
    v_words text[];
BEGIN
    SELECT
        string_agg(left(w.word, 80), ', ' ORDER BY w.place) FILTER (WHERE c.label IS NULL),
        (array_agg(DISTINCT c.label COLLATE "C") FILTER (WHERE c.label IS NOT NULL))[:c_words]
    INTO v_unknown, v_words
    FROM hartonomous.prompt_words(classify.text) AS w
    LEFT JOIN hartonomous.composition AS c ON c.composition_id = w.composition_id;
    IF v_words IS NULL THEN
        PERFORM hartonomous_internal.require_loaded();
        RAISE EXCEPTION 'no word of % is a known concept', hartonomous_internal.shown_name(classify.text)
            USING ERRCODE = 'HT003';
    ELSIF v_unknown IS NOT NULL THEN
        RAISE NOTICE 'unknown words are skipped: %', left(v_unknown, 800);
    END IF;
    RETURN QUERY
    SELECT r.candidate, r.score, r.nearest
    FROM hartonomous.rank_candidates(v_words, classify.labels) WITH ORDINALITY AS r (candidate, score, nearest, place)
    ORDER BY r.place;
    PERFORM hartonomous_internal.leave_scope(v_scope);
END
$$;

COMMENT ON FUNCTION hartonomous.classify(text, text[], text[], text[], text) IS
'Labels in the order in which a text may be of them: each one''s mean relatedness to the text''s known words, up to 100, and the word that it is nearest to.';
