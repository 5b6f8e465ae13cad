-- Only what is ranked has a place at which its list ends, and so a neighbour that came in or fell out.
CREATE OR REPLACE FUNCTION hartonomous_internal.paired_sites(p_a integer, p_b integer, p_positions text[])
RETURNS TABLE (a_site integer, b_site integer, positions text[], a_starts integer[], b_starts integer[], lengths integer[])
LANGUAGE sql STABLE ROWS 20
AS $$
    SELECT
        s.a_site, s.b_site, array_agg(s.position ORDER BY s.position), array_agg(s.a_start ORDER BY s.position),
        array_agg(s.b_start ORDER BY s.position), array_agg(s.length ORDER BY s.position)
    FROM (
        SELECT
            x.group_site_id AS a_site, y.group_site_id AS b_site, x.position COLLATE "C" AS position,
            x.group_place * coalesce(x.group_length, 0) AS a_start,
            y.group_place * coalesce(y.group_length, 0) AS b_start,
            least((x.settings ->> 'k')::integer, (y.settings ->> 'k')::integer) AS length
        FROM hartonomous.site AS x
        INNER JOIN hartonomous.site AS y ON y.content_id = p_b AND y.position = x.position AND y.class = 'join'
        WHERE x.content_id = p_a AND x.class = 'join'
            AND (p_positions IS NULL OR x.position = ANY (p_positions))
    ) AS s
    GROUP BY s.a_site, s.b_site
    ORDER BY s.a_site, s.b_site
$$;

COMMENT ON FUNCTION hartonomous_internal.paired_sites(integer, integer, text[]) IS
'Internal to diff: the sites of one name that two sources have, those together whose lists lie in the same rows: where each begins in them, and how many neighbours both were mined for.';
