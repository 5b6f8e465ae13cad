-- Of a relation that holds both ways one direction is named.
CREATE OR REPLACE FUNCTION hartonomous_internal.relations_that_stay(p_composition_numbers integer[], p_content_ids integer[])
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET work_mem = '256MB'
AS $$
DECLARE
    c_shown constant integer := 1000;
BEGIN
    RETURN coalesce(
        (
            SELECT jsonb_agg(
                jsonb_build_object(
                    'what', jsonb_build_array(ca.label, cb.label), 'type', k.name,
                    'also', hartonomous_internal.also_said_by(k.others)
                )
                ORDER BY ca.label COLLATE "C", cb.label COLLATE "C", k.name COLLATE "C"
            )
            FROM (
                SELECT
                    o.a, o.b, o.name,
                    array_agg(DISTINCT o.content_id) FILTER (WHERE NOT o.goes) AS others
                FROM (
                    SELECT
                        CASE WHEN t.is_symmetric THEN least(l.composition_number, e.neighbour) ELSE l.composition_number END AS a,
                        CASE WHEN t.is_symmetric THEN greatest(l.composition_number, e.neighbour) ELSE e.neighbour END AS b,
                        t.name, l.content_id, l.content_id = ANY (p_content_ids) AS goes
                    FROM hartonomous.relation_list AS l
                    INNER JOIN hartonomous.relation_type AS t ON t.relation_type_id = l.relation_type_id
                    CROSS JOIN LATERAL unnest(l.neighbours) AS e (neighbour)
                    WHERE l.composition_number = ANY (p_composition_numbers) AND e.neighbour <> 0
                ) AS o
                GROUP BY o.a, o.b, o.name
                HAVING bool_or(o.goes) AND NOT bool_and(o.goes)
                ORDER BY o.a, o.b, o.name COLLATE "C"
                LIMIT c_shown
            ) AS k
            INNER JOIN hartonomous.composition AS ca ON ca.composition_number = k.a
            INNER JOIN hartonomous.composition AS cb ON cb.composition_number = k.b
        ),
        '[]'
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.relations_that_stay(integer[], integer[]) IS
'Internal to previews: up to 1,000 relations of some concepts that these sources and others hold, with the others.';
