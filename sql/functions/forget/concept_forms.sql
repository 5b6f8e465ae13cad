-- The forms under which a concept comes back: as one or many or an owner, in whatever case.
CREATE OR REPLACE FUNCTION hartonomous.concept_forms(label text)
RETURNS TABLE (form text)
LANGUAGE plpgsql IMMUTABLE STRICT ROWS 8
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_label constant text := hartonomous.fold(concept_forms.label);
    v_word constant text := regexp_replace(v_label COLLATE "C", '^##(?=.)', '');
BEGIN
    RETURN QUERY
    SELECT v_label
    UNION SELECT v_word
    UNION SELECT v_word || 's'
    UNION SELECT v_word || 'es'
    UNION SELECT v_word || '''s'
    UNION SELECT regexp_replace(v_word COLLATE "C", '([^aeiou])y$', E'\\1ies')
    UNION SELECT regexp_replace(v_word COLLATE "C", '(.{2})s$', E'\\1')
    UNION SELECT regexp_replace(v_word COLLATE "C", '(.(s|x|z|ch|sh|o))es$', E'\\1')
    UNION SELECT regexp_replace(v_word COLLATE "C", '(.)ies$', E'\\1y');
END
$$;

COMMENT ON FUNCTION hartonomous.concept_forms(text) IS
'A label without case, as singular, plural and genitive: what delete_concept takes, as a word and as a word piece, in whatever case.';
