CREATE OR REPLACE FUNCTION hartonomous.prompt_words(
    prompt text,
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS TABLE (place integer, word text, composition_id uuid)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
    -- what is a blank or a punctuation mark is no affair of the server's locale
    c_blank constant text := E'[:space:]\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
    c_mark constant text := E'[:punct:]\\u00a1\\u00a7\\u00ab\\u00b6\\u00b7\\u00bb\\u00bf\\u037e\\u0387\\u0589\\u05be\\u060c\\u061b'
    || E'\\u061f\\u06d4\\u0964\\u0965\\u2010-\\u2027\\u2030-\\u205e\\u3001-\\u3003\\u3008-\\u3011\\u3014-\\u301f'
    || E'\\uff01-\\uff0f\\uff1a-\\uff20\\uff3b-\\uff3d\\uff3f\\uff5b-\\uff65';
BEGIN
    RETURN QUERY
    SELECT
        w.place::integer,
        w.word,
        coalesce(
            hartonomous.find_composition(w.word),
            hartonomous.find_composition(s.stripped),
            hartonomous.find_composition(hartonomous_internal.lower_case(s.stripped)),
            hartonomous.find_composition(regexp_replace(hartonomous_internal.lower_case(s.stripped), chr(963) || '$', chr(962)))
        )
    FROM regexp_split_to_table(prompt_words.prompt COLLATE "C", '[' || c_blank || ']+') WITH ORDINALITY AS w (word, place)
    CROSS JOIN LATERAL (
        SELECT regexp_replace(w.word COLLATE "C", format('^[%1$s]+|[%1$s]+$', c_mark), '', 'g') AS stripped
    ) AS s
    WHERE w.word <> ''
    ORDER BY w.place;
    PERFORM hartonomous_internal.leave_scope(v_scope);
END
$$;

COMMENT ON FUNCTION hartonomous.prompt_words(text, text[], text[], text) IS
'The words of a prompt with the concept each stands for: as written, without punctuation, or in lower case; null where none is known.';
