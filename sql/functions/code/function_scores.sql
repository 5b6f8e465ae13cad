-- A word's weight at a function is c / (3 + c). Forms of one stem add up their c, which is 3 w / (1 - w), in
-- whole numbers; the fewer functions hold a stem, the more it says: ln(1 + N / n) / ln(1 + N).
CREATE OR REPLACE FUNCTION hartonomous_internal.function_scores(p_stems text[], p_without integer[])
RETURNS TABLE (function_number integer, content_id integer, score double precision, stems text[])
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
SET jit = off
SET work_mem = '64MB'
SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
DECLARE
    c_unit constant bigint := hartonomous_internal.weight_unit();
    v_related constant integer := hartonomous.relation_type_id('related');
    v_sites integer[];
    v_functions bigint;
BEGIN
    SELECT w.site_ids, w.functions INTO v_sites, v_functions FROM hartonomous_internal.sites_of_words(p_without) AS w;
    RETURN QUERY
    WITH posted AS (
        SELECT q.stem, e.b, l.content_id,
            sum(e.weight * 3 * c_unit / greatest(c_unit - e.weight, 1))::double precision / c_unit AS c
        FROM unnest(p_stems) AS q (stem)
        CROSS JOIN LATERAL unnest(hartonomous_internal.forms_of_stem(q.stem)) AS w (number)
        INNER JOIN hartonomous.relation_list AS l ON l.composition_number = w.number
        CROSS JOIN LATERAL unnest(l.neighbours, l.weights::bigint[]) AS e (b, weight)
        WHERE l.relation_type_id = v_related AND l.site_id = ANY (v_sites) AND e.weight > 0 AND e.b <> 0
        GROUP BY q.stem, e.b, l.content_id
    ),
    rarity AS (
        SELECT p.stem, ln(1 + v_functions::double precision / least(count(*), v_functions)) / ln(1 + v_functions::double precision) AS says
        FROM posted AS p GROUP BY p.stem
    )
    SELECT p.b, p.content_id, sum(r.says * p.c / (3 + p.c) ORDER BY p.stem COLLATE "C"), array_agg(p.stem ORDER BY p.stem COLLATE "C")
    FROM posted AS p
    INNER JOIN rarity AS r ON r.stem = p.stem
    GROUP BY p.b, p.content_id;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.function_scores(text[], integer[]) IS
'Internal: the functions of files of code that words of these stems are related to, by how strongly and how rare the stems are; the sources p_without are left out.';
