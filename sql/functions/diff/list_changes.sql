-- How far a neighbour moved is known where both lists hold it; one that came in or fell out moved at
-- least from or to the last place of the list that it is not in. List by list, as sum_lists says why.
CREATE OR REPLACE FUNCTION hartonomous_internal.list_changes(
    p_a integer, p_b integer, p_a_site integer, p_b_site integer,
    p_a_starts integer[], p_b_starts integer[], p_lengths integer[], p_below integer, p_twins integer[]
)
RETURNS TABLE (
    number integer, place bigint, type_id integer, held bigint, kept bigint, change integer, gained integer, lost integer
)
LANGUAGE plpgsql STABLE ROWS 300000
SET search_path = pg_catalog, pg_temp
SET jit = off
SET work_mem = '64MB'
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT
        l.number, l.place, l.type_id, o.held, o.kept,
        greatest(o.moved, o.lost, i.gained, 0), greatest(i.gained, 0), greatest(o.lost, 0)
    FROM hartonomous_internal.list_pairs(
        p_a, p_b, p_a_site, p_b_site, p_a_starts, p_b_starts, p_lengths, p_below, p_twins, NULL
    ) AS l
    CROSS JOIN LATERAL (
        SELECT
            count(*) AS held, count(e.found) AS kept, max(abs(l.yw[e.found] - e.w)) AS moved,
            max(e.w) FILTER (WHERE e.found IS NULL) - l.y_last AS lost
        FROM (
            SELECT n.w, array_position(l.yn, n.n) AS found FROM unnest(l.xn, l.xw) AS n (n, w) WHERE n.n <> 0
        ) AS e
    ) AS o
    CROSS JOIN LATERAL (
        SELECT max(e.w) - l.x_last AS gained
        FROM unnest(l.yn, l.yw) AS e (n, w)
        WHERE e.n <> 0 AND e.n <> ALL (l.xn)
    ) AS i
    -- who lists nobody in one of them is not compared there
    WHERE l.x_last IS NOT NULL AND l.y_last IS NOT NULL;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.list_changes(
    integer, integer, integer, integer, integer[], integer[], integer[], integer, integer[]
) IS
'Internal to diff: of each concept''s lists at the sites that two sources store together how many neighbours both hold, and by how much of 2^20 one moved at most, the strongest that came in did so at least, and the strongest that fell out.';
