-- Spellings one step away are made and looked up by their id, so that no index over labels is
-- needed; a long word is no typing error, and only its other forms are tried. Of spellings that are
-- as near, those that more live sources know come first, and those that none knows not at all.
CREATE OR REPLACE FUNCTION hartonomous.suggest_labels(
    label text, max_results integer DEFAULT 5,
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS TABLE (suggestion text)
LANGUAGE plpgsql STABLE ROWS 5
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
    v_label constant text := left(suggest_labels.label, 200);
    v_word constant text := hartonomous_internal.lower_case(v_label);
    v_without constant integer[] := hartonomous_internal.out_of_scope();
BEGIN
    IF suggest_labels.max_results < 0 THEN
        PERFORM hartonomous_internal.require_positive('max_results', suggest_labels.max_results);
    END IF;
    RETURN QUERY
    SELECT c.label
    FROM (
        -- looked up here and not where compositions are joined, once for each spelling
        SELECT hartonomous.find_composition(v.spelling) AS composition_id, min(v.distance) AS distance
        FROM (
            SELECT f.form, f.distance::integer
            FROM unnest(ARRAY[
                v_word, hartonomous_internal.upper_case(v_label), (
                    SELECT string_agg(hartonomous_internal.upper_case(left(w.word, 1)) || substring(w.word FROM 2), ' ' ORDER BY w.n)
                    FROM unnest(string_to_array(v_word, ' ')) WITH ORDINALITY AS w (word, n)
                ), regexp_replace(v_word, chr(963) || '$', chr(962)), btrim(v_word),
                v_word || 's', regexp_replace(v_word, 's$', ''), regexp_replace(v_word, 'es$', ''),
                regexp_replace(v_word, 'ies$', 'y'), '##' || v_word, ltrim(v_word, '#')
            ]) WITH ORDINALITY AS f (form, distance)
            UNION ALL
            SELECT e.form, 100 + e.place
            FROM generate_series(1, length(v_word) + 1) AS p (place)
            CROSS JOIN LATERAL (
                SELECT overlay(v_word PLACING '' FROM p.place FOR 1) AS form, p.place
                UNION ALL
                SELECT overlay(v_word PLACING reverse(substring(v_word FROM p.place FOR 2)) FROM p.place FOR 2), p.place
                UNION ALL
                SELECT overlay(v_word PLACING x.letter FROM p.place FOR n.replaced), p.place
                FROM unnest(string_to_array('abcdefghijklmnopqrstuvwxyz', NULL)) AS x (letter)
                CROSS JOIN (VALUES (0), (1)) AS n (replaced)
            ) AS e
            WHERE length(v_word) BETWEEN 3 AND 20
        ) AS v (spelling, distance)
        WHERE v.spelling NOT IN ('', '##')
        GROUP BY v.spelling
    ) AS s
    INNER JOIN hartonomous.composition AS c
        ON c.composition_id = s.composition_id
    CROSS JOIN LATERAL (
        SELECT count(DISTINCT l.content_id) AS sources
        FROM hartonomous.relation_list AS l
        WHERE l.composition_number = c.composition_number AND l.content_id <> ALL (v_without)
    ) AS k
    WHERE k.sources > 0
    GROUP BY c.label
    -- another form is nearer than another letter
    ORDER BY min(s.distance) >= 100, max(k.sources) DESC, min(s.distance), c.label COLLATE "C"
    LIMIT suggest_labels.max_results;
    PERFORM hartonomous_internal.leave_scope(v_scope);
END
$$;

COMMENT ON FUNCTION hartonomous.suggest_labels(text, integer, text[], text[], text) IS
'Known labels that are written nearly like this one: in another case or number, as a word piece, or one letter away; nearest first, and of those as near the ones that most live sources know.';
