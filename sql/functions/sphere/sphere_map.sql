-- Words that many lists name are known to most readers, so they make a map readable. Around a concept
-- it is those nearest to it, itself in front: some more are asked for, as word pieces are left out.
CREATE OR REPLACE FUNCTION hartonomous.sphere_map(max_results integer DEFAULT 2000, around text DEFAULT NULL)
RETURNS TABLE (label text, x double precision, y double precision, z double precision, w double precision)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET work_mem = '256MB'
AS $$
DECLARE
    -- what is a letter is no affair of the server's locale: not ASCII's others, signs or punctuation
    c_word constant text := E'^[^\\u0001-@[-`{-\\u00a9\\u00ab-\\u00b4\\u00b6-\\u00b9\\u00bb-\\u00bf\\u00d7\\u00f7\\u2000-\\u2bff\\u3000-\\u3004'
    || E'\\u3008-\\u3020\\ufe30-\\ufe6f\\uff01-\\uff20\\uff3b-\\uff40\\uff5b-\\uff65]{3,}$';
BEGIN
    PERFORM hartonomous_internal.refuse_scope('positions');
    PERFORM hartonomous_internal.require_positive('max_results', sphere_map.max_results);
    IF sphere_map.around IS NULL AND NOT hartonomous_internal.layout_stands() THEN
        RETURN;
    END IF;
    IF sphere_map.around IS NOT NULL THEN
        RETURN QUERY
        SELECT c.label, p.x, p.y, p.z, p.w
        FROM (
            SELECT hartonomous_internal.known_composition(sphere_map.around) AS composition_id, -1 AS geodesic
            UNION ALL
            SELECT hartonomous.composition_id(n.neighbor), n.geodesic
            FROM hartonomous.near(sphere_map.around, least(sphere_map.max_results, 1000000) * 3) AS n
        ) AS w
        INNER JOIN hartonomous.composition AS c ON c.composition_id = w.composition_id
        INNER JOIN hartonomous.composition_position AS p ON p.composition_id = c.composition_id
        WHERE w.geodesic < 0 OR (c.kind = 'text' AND c.label COLLATE "C" ~ c_word)
        ORDER BY w.geodesic, c.composition_id
        LIMIT sphere_map.max_results;
        RETURN;
    END IF;
    PERFORM hartonomous_internal.say_due();
    RETURN QUERY
    SELECT c.label, p.x, p.y, p.z, p.w
    FROM hartonomous.composition_position AS p
    INNER JOIN hartonomous.composition AS c ON c.composition_id = p.composition_id
    INNER JOIN (
        SELECT e.neighbour, count(*) AS relations
        FROM hartonomous.relation_list AS l
        CROSS JOIN LATERAL unnest(l.neighbours) AS e (neighbour)
        WHERE l.content_id <> ALL (hartonomous_internal.quarantined_sources())
        GROUP BY e.neighbour
    ) AS i ON i.neighbour = c.composition_number
    WHERE c.kind = 'text' AND c.label COLLATE "C" ~ c_word
    ORDER BY i.relations DESC, c.composition_id
    LIMIT sphere_map.max_results;
END
$$;

COMMENT ON FUNCTION hartonomous.sphere_map(integer, text) IS
'The placed words that are named most often, with their positions: what a map shows; or those nearest to the concept around, which comes first.';
