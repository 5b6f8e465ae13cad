-- PostgreSQL's own English stemmer (Snowball); words that say nothing have none.
CREATE OR REPLACE FUNCTION hartonomous_internal.word_stems(p_words text)
RETURNS TABLE (place integer, word text, stem text)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_most constant integer := 64;
    c_longest constant integer := 100;
BEGIN
    RETURN QUERY
    SELECT row_number() OVER (ORDER BY min(w.place))::integer, (array_agg(w.word ORDER BY w.place))[1], w.stem
    FROM (
        SELECT f.place, f.word, (ts_lexize('pg_catalog.english_stem', f.word))[1] AS stem
        FROM (
            SELECT s.place, hartonomous.fold(s.word[1]) AS word
            FROM regexp_matches(left(p_words, c_most * c_longest), '[[:alnum:]]+', 'g') WITH ORDINALITY AS s (word, place)
            LIMIT c_most
        ) AS f
        WHERE char_length(f.word) <= c_longest
    ) AS w
    WHERE w.stem <> ''
    GROUP BY w.stem
    ORDER BY min(w.place);
END
$$;

COMMENT ON FUNCTION hartonomous_internal.word_stems(text) IS
'Internal: the first 64 words of a text by their English stems, each stem once with the word that had it first; words that say nothing left out.';
