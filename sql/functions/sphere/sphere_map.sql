-- Words that many lists name are known to most readers, so they make a map readable.
CREATE OR REPLACE FUNCTION hartonomous.sphere_map(max_results integer DEFAULT 2000)
RETURNS TABLE (label text, x double precision, y double precision, z double precision, w double precision)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET work_mem = '256MB'
AS $$
BEGIN
    PERFORM hartonomous.require_positive('max_results', sphere_map.max_results);
    RETURN QUERY
    SELECT c.label, p.x, p.y, p.z, p.w
    FROM hartonomous.composition_position AS p
    INNER JOIN hartonomous.composition AS c ON c.composition_id = p.composition_id
    INNER JOIN (
        SELECT e.neighbour, count(*) AS relations
        FROM hartonomous.relation_list AS l
        CROSS JOIN LATERAL unnest(l.neighbours) AS e (neighbour)
        WHERE l.content_id <> ALL (hartonomous.quarantined_sources())
        GROUP BY e.neighbour
    ) AS i ON i.neighbour = c.composition_number
    WHERE c.kind = 'text' AND c.label ~ '^[[:alpha:]]{3,}$'
    ORDER BY i.relations DESC, c.composition_id
    LIMIT sphere_map.max_results;
END
$$;

COMMENT ON FUNCTION hartonomous.sphere_map(integer) IS
'The placed words that are named most often, with their positions: what a map shows.';
