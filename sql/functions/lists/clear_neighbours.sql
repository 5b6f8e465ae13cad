-- A place in a list that is emptied stays, so that the ranks behind it don't change.
CREATE OR REPLACE FUNCTION hartonomous_internal.clear_neighbours(
    p_composition_numbers integer[],
    OUT evidence bigint,
    OUT content_ids integer[],
    OUT listed_by integer[]
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    WITH cleared AS (
        UPDATE hartonomous.relation_list AS l SET
            neighbours = array(
                SELECT CASE WHEN e.neighbour = ANY (p_composition_numbers) THEN 0 ELSE e.neighbour END
                FROM unnest(l.neighbours) WITH ORDINALITY AS e (neighbour, place)
                ORDER BY e.place
            ),
            weights = array(
                SELECT CASE WHEN e.neighbour = ANY (p_composition_numbers) THEN 0 ELSE e.weight END
                FROM unnest(l.neighbours, l.weights) WITH ORDINALITY AS e (neighbour, weight, place)
                ORDER BY e.place
            )
        FROM hartonomous.relation_list AS old
        WHERE l.neighbours && p_composition_numbers
            AND old.composition_number = l.composition_number
            AND old.content_id = l.content_id
            AND old.site_id = l.site_id
            AND old.relation_type_id = l.relation_type_id
        RETURNING
            l.content_id, l.composition_number,
            cardinality(array_remove(old.neighbours, 0)) - cardinality(array_remove(l.neighbours, 0)) AS cleared
    )
    SELECT
        coalesce(sum(c.cleared), 0),
        coalesce(array_agg(DISTINCT c.content_id), '{}'),
        coalesce(array_agg(DISTINCT c.composition_number), '{}')
    INTO evidence, content_ids, listed_by
    FROM cleared AS c;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.clear_neighbours(integer[]) IS
'Internal: takes concepts out of every list; returns how many places were emptied, in which sources, in whose lists.';
