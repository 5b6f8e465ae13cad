-- All that aligning needs to know of two charts is the 4 x 4 matrix sum of x_s x_t' over the
-- concepts they share. Coordinates are rounded to 2^-26 and summed as integers, so that the
-- result doesn't depend on the order of the rows. Once charts are roughly aligned, p_trim drops
-- the worse half of each pair's anchors: bad anchors then have no say (least trimmed squares,
-- Rousseeuw 1984). Pairs of which fewer than four would be left keep all.
CREATE OR REPLACE FUNCTION hartonomous_internal.anchor_covariances(p_content_ids integer[], p_trim boolean)
RETURNS TABLE (s integer, t integer, anchors bigint, covariance double precision[])
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    WITH place AS (
        SELECT p.content_id, p.place::integer AS place, h.rotation
        FROM unnest(p_content_ids) WITH ORDINALITY AS p (content_id, place)
        INNER JOIN hartonomous.source_chart AS h ON h.content_id = p.content_id
    ),
    point AS (
        SELECT
            c.composition_id,
            p.place,
            round(c.x * 67108864)::bigint AS x,
            round(c.y * 67108864)::bigint AS y,
            round(c.z * 67108864)::bigint AS z,
            round(c.w * 67108864)::bigint AS w,
            CASE WHEN p_trim THEN hartonomous_internal.rotate(p.rotation, c.x, c.y, c.z, c.w) END AS turned
        FROM hartonomous.composition_coordinate AS c
        INNER JOIN place AS p ON p.content_id = c.content_id
        WHERE c.component = 0
    ),
    anchor AS (
        SELECT
            a.place AS s, b.place AS t,
            a.x AS ax, a.y AS ay, a.z AS az, a.w AS aw,
            b.x AS bx, b.y AS "by", b.z AS bz, b.w AS bw,
            hartonomous_internal.squared_chord(a.turned, b.turned) AS misfit
        FROM point AS a
        INNER JOIN point AS b ON b.composition_id = a.composition_id AND b.place > a.place
    ),
    bound AS (
        SELECT n.s, n.t, percentile_disc(0.5) WITHIN GROUP (ORDER BY n.misfit) AS misfit
        FROM anchor AS n
        WHERE p_trim
        GROUP BY n.s, n.t
        HAVING count(*) > 6
    ),
    total AS (
        SELECT n.s, n.t, count(*) AS anchors, ARRAY[
            sum(n.ax * n.bx), sum(n.ax * n."by"), sum(n.ax * n.bz), sum(n.ax * n.bw),
            sum(n.ay * n.bx), sum(n.ay * n."by"), sum(n.ay * n.bz), sum(n.ay * n.bw),
            sum(n.az * n.bx), sum(n.az * n."by"), sum(n.az * n.bz), sum(n.az * n.bw),
            sum(n.aw * n.bx), sum(n.aw * n."by"), sum(n.aw * n.bz), sum(n.aw * n.bw)
        ] AS sums
        FROM anchor AS n
        LEFT JOIN bound AS m ON m.s = n.s AND m.t = n.t
        WHERE m.misfit IS NULL OR n.misfit <= m.misfit
        GROUP BY n.s, n.t
    )
    SELECT o.s, o.t, o.anchors, array(
        SELECT (e.value / 4503599627370496)::double precision
        FROM unnest(o.sums) WITH ORDINALITY AS e (value, i)
        ORDER BY e.i
    )
    FROM total AS o
    ORDER BY o.s, o.t;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.anchor_covariances(integer[], boolean) IS
'Internal: for each pair of charts the number of shared concepts and the 4 x 4 covariance of their coordinates.';
