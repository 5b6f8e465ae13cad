CREATE OR REPLACE FUNCTION hartonomous.prompt_words(prompt text)
RETURNS TABLE (place integer, word text, composition_id uuid)
LANGUAGE plpgsql STABLE STRICT ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT
        w.place::integer,
        w.word,
        coalesce(
            hartonomous.find_composition(w.word),
            hartonomous.find_composition(s.stripped),
            hartonomous.find_composition(lower(s.stripped))
        )
    FROM regexp_split_to_table(btrim(prompt_words.prompt, E' \t\n\r\f'), '\s+') WITH ORDINALITY AS w (word, place)
    CROSS JOIN LATERAL (
        SELECT regexp_replace(w.word, '^[[:punct:]]+|[[:punct:]]+$', '', 'g') AS stripped
    ) AS s
    WHERE w.word <> ''
    ORDER BY w.place;
END
$$;

COMMENT ON FUNCTION hartonomous.prompt_words(text) IS
'The words of a prompt with the concept each stands for: as written, without punctuation, or in lower case; null where none is known.';
