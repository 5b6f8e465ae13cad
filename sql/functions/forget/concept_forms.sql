-- The forms under which a concept comes back: in another case, as one or many or an owner, as a word piece.
CREATE OR REPLACE FUNCTION hartonomous.concept_forms(label text)
RETURNS TABLE (form text, kind text)
LANGUAGE plpgsql IMMUTABLE STRICT ROWS 30
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_word text := lower(regexp_replace(concept_forms.label, '^##(?=.)', ''));
BEGIN
    RETURN QUERY
    WITH number AS (
        SELECT v_word AS word
        UNION SELECT v_word || 's'
        UNION SELECT v_word || 'es'
        UNION SELECT v_word || '''s'
        UNION SELECT regexp_replace(v_word, '([^aeiou])y$', '\1ies')
        UNION SELECT regexp_replace(v_word, '(.{2})s$', '\1')
        UNION SELECT regexp_replace(v_word, '(.(s|x|z|ch|sh|o))es$', '\1')
        UNION SELECT regexp_replace(v_word, '(.)ies$', '\1y')
    )
    SELECT DISTINCT f.form, k.kind
    FROM number AS n
    CROSS JOIN LATERAL (
        VALUES (n.word), (upper(n.word)), (initcap(n.word)), (concept_forms.label)
    ) AS f (form)
    CROSS JOIN (VALUES ('text'), ('piece')) AS k (kind);
END
$$;

COMMENT ON FUNCTION hartonomous.concept_forms(text) IS
'A label in upper, lower and title case, as singular, plural and genitive, each as a word and as a word piece.';
