CREATE OR REPLACE FUNCTION hartonomous_internal.moved_relations(
    p_a integer, p_b integer, p_positions text[], p_bounds integer[], p_most integer
)
RETURNS TABLE (site_position text, number integer, neighbour integer, is_gained boolean, change integer, rank bigint)
LANGUAGE plpgsql STABLE ROWS 40
SET search_path = pg_catalog, pg_temp
SET jit = off
SET work_mem = '64MB'
AS $$
#variable_conflict use_column
DECLARE
    v_twins constant record := hartonomous_internal.own_twins(p_a, p_b);
    v_pair record;
BEGIN
    IF p_positions IS NULL THEN
        RETURN;
    END IF;
    FOR v_pair IN SELECT s.* FROM hartonomous_internal.paired_sites(p_a, p_b, p_positions) AS s LOOP
        RETURN QUERY
        SELECT
            b.position, l.number, e.neighbour, e.is_gained, e.change, e.rank
        FROM hartonomous_internal.list_pairs(
            p_a, p_b, v_pair.a_site, v_pair.b_site, v_pair.a_starts, v_pair.b_starts, v_pair.lengths,
            v_twins.below, v_twins.numbers, NULL
        ) AS l
        INNER JOIN unnest(p_positions, p_bounds) AS b (position, bound) ON b.position = v_pair.positions[l.place]
        CROSS JOIN LATERAL (
            SELECT x.n AS neighbour, FALSE AS is_gained, x.w - l.y_last AS change, x.rank
            FROM unnest(l.xn, l.xw) WITH ORDINALITY AS x (n, w, rank)
            WHERE x.n <> 0 AND x.w - l.y_last > b.bound AND x.n <> ALL (l.yn)
            UNION ALL
            SELECT y.n, TRUE, y.w - l.x_last, y.rank
            FROM unnest(l.yn, l.yw) WITH ORDINALITY AS y (n, w, rank)
            WHERE y.n <> 0 AND y.w - l.x_last > b.bound AND y.n <> ALL (l.xn)
        ) AS e
        INNER JOIN hartonomous.composition AS c ON c.composition_number = l.number
        INNER JOIN hartonomous.composition AS d ON d.composition_number = e.neighbour
        ORDER BY e.change DESC, c.composition_id, d.composition_id
        LIMIT p_most;
    END LOOP;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.moved_relations(integer, integer, text[], integer[], integer) IS
'Internal to diff_relations: at some sites, those stored together by so many at most, the relations that came in or fell out by more than the site''s bound in parts of 2^20.';
