-- A concept's position is the direction of the sum of where its live sources put it. Coordinates
-- are summed as multiples of 2^-40, so that neither order nor a source that has gone shows.
-- Where they cancel out, the first source by name decides.
CREATE OR REPLACE FUNCTION hartonomous_internal.place_compositions()
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    DELETE FROM hartonomous.composition_position;
    INSERT INTO hartonomous.composition_position (composition_id, x, y, z, w)
    SELECT
        p.composition_id, p.at[1] / n.norm, p.at[2] / n.norm, p.at[3] / n.norm, p.at[4] / n.norm
    FROM (
        SELECT
            t.composition_id,
            CASE
                WHEN abs(sum(t.x)) + abs(sum(t.y)) + abs(sum(t.z)) + abs(sum(t.w)) > 1099511
                    THEN ARRAY[sum(t.x), sum(t.y), sum(t.z), sum(t.w)]::double precision[]
                ELSE (array_agg(t.at ORDER BY t.source_identifier COLLATE "C"))[1:1]
            END AS at
        FROM (
            SELECT
                u.composition_id, u.source_identifier, u.at,
                round(u.at[1] * 1099511627776)::bigint AS x,
                round(u.at[2] * 1099511627776)::bigint AS y,
                round(u.at[3] * 1099511627776)::bigint AS z,
                round(u.at[4] * 1099511627776)::bigint AS w
            FROM (
                SELECT
                    c.composition_id, s.source_identifier,
                    hartonomous_internal.rotate(h.rotation, c.x, c.y, c.z, c.w) AS at
                FROM hartonomous.composition_coordinate AS c
                INNER JOIN hartonomous.source_chart AS h ON h.content_id = c.content_id
                INNER JOIN hartonomous.content AS s ON s.content_id = c.content_id
                WHERE h.rotation IS NOT NULL
            ) AS u
        ) AS t
        GROUP BY t.composition_id
    ) AS p
    CROSS JOIN LATERAL (
        SELECT sqrt(p.at[1] * p.at[1] + p.at[2] * p.at[2] + p.at[3] * p.at[3] + p.at[4] * p.at[4]) AS norm
    ) AS n
    ORDER BY p.composition_id;
    ANALYZE hartonomous.composition_position;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.place_compositions() IS
'Internal to align_sources: recomputes where the substrate puts every concept.';
