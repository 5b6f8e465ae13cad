-- No list of stems is kept that would have to be forgotten and to change with the stemmer: forms are made
-- by the endings that the stemmer takes off, and those that it brings back to the stem are looked up.
-- Of the words of Python's library this finds 98 %.
CREATE OR REPLACE FUNCTION hartonomous_internal.forms_of_stem(p_stem text)
RETURNS integer[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_endings constant text[] := string_to_array(
        ',e,s,ed,es,ing,er,ers,ion,ions,ate,ates,ated,ating,ation,ations,ator,ators,al,als,ally,ly,able,ables,ably,ible,ize,izes,ized,'
        || 'izing,izer,izers,ization,ic,ics,ical,ically,d,ent,ents,ently,ive,ively,ings,ity,ities,ence,ences,ency,ance,ant,ement,ment,'
        || 'ments,ous,ously,ional,ionally,ness,ful,fully,or,y,ely,ying,l', ','
    );
    c_behind_two constant text[] := '{ed,ing,ings,er,ers,y}';
    v_bases constant text[] := ARRAY[p_stem]
    || CASE WHEN p_stem ~ '.[ei]$' THEN ARRAY[left(p_stem, -1)] END
    || CASE WHEN p_stem ~ 'i$' THEN ARRAY[left(p_stem, -1) || 'y'] END;
BEGIN
    RETURN array(
        SELECT c.composition_number
        FROM (
            SELECT b.base || e.ending AS form
            FROM unnest(v_bases) AS b (base) CROSS JOIN unnest(c_endings) AS e (ending)
            UNION
            SELECT p_stem || right(p_stem, 1) || e.ending FROM unnest(c_behind_two) AS e (ending)
        ) AS f
        INNER JOIN hartonomous.composition AS c ON c.label = f.form AND c.kind = 'text'
        WHERE (ts_lexize('pg_catalog.english_stem', f.form))[1] = p_stem
        ORDER BY c.composition_id
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.forms_of_stem(text) IS
'Internal: numbers of the words whose English stem this is.';
