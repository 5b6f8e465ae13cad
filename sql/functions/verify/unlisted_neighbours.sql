CREATE OR REPLACE FUNCTION hartonomous_internal.unlisted_neighbours()
RETURNS TABLE (content_id integer, composition_number integer)
LANGUAGE sql STABLE ROWS 10
AS $$
    SELECT u.content_id, u.neighbour
    FROM (
        SELECT DISTINCT l.content_id, e.neighbour
        FROM hartonomous.relation_list AS l
        CROSS JOIN LATERAL unnest(l.neighbours) AS e (neighbour)
        WHERE e.neighbour <> 0
    ) AS u
    WHERE NOT EXISTS (
        SELECT FROM hartonomous.relation_list AS l
        WHERE l.content_id = u.content_id AND l.composition_number = u.neighbour
    )
$$;

COMMENT ON FUNCTION hartonomous_internal.unlisted_neighbours() IS
'Internal to verify_ratings: concepts that a source lists without a row of their own there.';
