CREATE OR REPLACE FUNCTION hartonomous_internal.sources_along(p_composition_numbers integer[], p_relation_type_id integer)
RETURNS TABLE (source_counts bigint[], held_by text[])
LANGUAGE sql STABLE ROWS 1
SET search_path = pg_catalog, pg_temp
AS $$
    WITH held AS (
        SELECT DISTINCT p.place, c.source_identifier COLLATE "C" AS source
        FROM generate_series(1, cardinality(p_composition_numbers) - 1) AS p (place)
        INNER JOIN hartonomous.relation_list AS l
            ON l.composition_number = p_composition_numbers[p.place] AND l.relation_type_id = p_relation_type_id
        INNER JOIN hartonomous.content AS c ON c.content_id = l.content_id AND hartonomous_internal.is_in_scope(c)
        WHERE EXISTS (
            SELECT FROM unnest(l.neighbours, l.weights) AS n (neighbour, weight)
            WHERE n.neighbour = p_composition_numbers[p.place + 1] AND n.weight >= 0
        )
    )
    SELECT
        array(SELECT count(*) FROM held AS h GROUP BY h.place ORDER BY h.place),
        array(
            SELECT h.source FROM held AS h GROUP BY h.source
            HAVING count(*) = cardinality(p_composition_numbers) - 1
            ORDER BY h.source
        )
$$;

COMMENT ON FUNCTION hartonomous_internal.sources_along(integer[], integer) IS
'Internal: how many live sources hold each hop of a path, and which hold all.';
