-- A document keeps with whom a word stood in a window of it, so the number of these says how often it came.
CREATE OR REPLACE FUNCTION hartonomous_internal.document_scores(p_stems text[], p_without integer[])
RETURNS TABLE (content_id integer, score double precision, stems text[])
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
SET jit = off
SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
DECLARE
    -- about as many as stand around a word that comes once
    c_half constant double precision := 10;
    v_related constant integer := hartonomous.relation_type_id('related');
    v_documents constant integer[] := array(
        SELECT c.content_id FROM hartonomous.content AS c WHERE c.kind = 'document' AND c.content_id <> ALL (p_without)
    );
    v_count constant double precision := greatest(cardinality(v_documents), 1);
BEGIN
    RETURN QUERY
    WITH posted AS (
        SELECT q.stem, l.content_id, sum(cardinality(array_remove(l.neighbours, 0)))::double precision AS c
        FROM unnest(p_stems) AS q (stem)
        CROSS JOIN LATERAL unnest(hartonomous_internal.forms_of_stem(q.stem)) AS w (number)
        INNER JOIN hartonomous.relation_list AS l ON l.composition_number = w.number
        WHERE l.relation_type_id = v_related AND l.content_id = ANY (v_documents)
        GROUP BY q.stem, l.content_id
        HAVING sum(cardinality(array_remove(l.neighbours, 0))) > 0
    ),
    rarity AS (
        SELECT p.stem, ln(1 + v_count / count(*)) / ln(1 + v_count) AS says FROM posted AS p GROUP BY p.stem
    )
    SELECT p.content_id, sum(r.says * p.c / (c_half + p.c) ORDER BY p.stem COLLATE "C"), array_agg(p.stem ORDER BY p.stem COLLATE "C")
    FROM posted AS p
    INNER JOIN rarity AS r ON r.stem = p.stem
    GROUP BY p.content_id;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.document_scores(text[], integer[]) IS
'Internal: the documents in which words of these stems stand, by how often and how rare the stems are; the sources p_without are left out.';
