CREATE OR REPLACE FUNCTION hartonomous_internal.measure_alignment()
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    WITH turned AS (
        SELECT
            c.content_id, c.composition_id,
            hartonomous_internal.rotate(h.rotation, c.x, c.y, c.z, c.w) AS at
        FROM hartonomous.composition_coordinate AS c
        INNER JOIN hartonomous.source_chart AS h ON h.content_id = c.content_id
        WHERE h.rotation IS NOT NULL AND c.component = 0
    ),
    fit AS (
        SELECT
            a.content_id,
            count(DISTINCT a.composition_id) AS anchors,
            -- summed as integers: the result must not depend on the order of the rows
            sqrt(
                sum(round(hartonomous_internal.squared_chord(a.at, b.at) * 1099511627776)::bigint)::double precision
                / 1099511627776 / count(*)
            ) AS residual
        FROM turned AS a
        INNER JOIN turned AS b ON b.composition_id = a.composition_id AND b.content_id <> a.content_id
        GROUP BY a.content_id
    )
    UPDATE hartonomous.source_chart AS h
    SET anchors = f.anchors, residual = f.residual
    FROM fit AS f
    WHERE h.content_id = f.content_id;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.measure_alignment() IS
'Internal to align_sources: records how many anchors each chart has and how well they fit.';
