-- SQL language, so that it is inlined and lists go straight into what counts them.
CREATE OR REPLACE FUNCTION hartonomous_internal.list_pairs(
    p_a integer, p_b integer, p_a_site integer, p_b_site integer,
    p_a_starts integer[], p_b_starts integer[], p_lengths integer[],
    p_below integer, p_twins integer[], p_numbers integer[]
)
RETURNS TABLE (
    number integer, place bigint, type_id integer, xn integer[], xw integer[], yn integer[], yw integer[],
    x_last integer, y_last integer
)
LANGUAGE sql STABLE ROWS 300000
AS $$
    SELECT
        x.composition_number, p.place, x.relation_type_id, c.xn, c.xw, c.yn, c.yw,
        -- nobody, at the end of a list, weighs nothing
        CASE
            WHEN 0 = ANY (c.xn) THEN (SELECT min(e.w) FROM unnest(c.xn, c.xw) AS e (n, w) WHERE e.n <> 0)
            ELSE c.xw[cardinality(c.xw)]
        END,
        CASE
            WHEN 0 = ANY (c.yn) THEN (SELECT min(e.w) FROM unnest(c.yn, c.yw) AS e (n, w) WHERE e.n <> 0)
            ELSE c.yw[cardinality(c.yw)]
        END
    FROM hartonomous.relation_list AS x
    INNER JOIN (
        SELECT
            coalesce(nullif(p_twins[l.composition_number - p_below], 0), l.composition_number) AS number,
            l.relation_type_id, l.weights,
            CASE
                WHEN cardinality(p_twins) > 0 AND l.relation_type_id <> hartonomous.relation_type_id('related') THEN array(
                    SELECT coalesce(nullif(p_twins[e.n - p_below], 0), e.n)
                    FROM unnest(l.neighbours) WITH ORDINALITY AS e (n, place)
                    ORDER BY e.place
                )
                ELSE l.neighbours
            END AS neighbours
        FROM hartonomous.relation_list AS l
        WHERE l.content_id = p_b AND l.site_id = p_b_site
    ) AS y ON y.number = x.composition_number AND y.relation_type_id = x.relation_type_id
    CROSS JOIN LATERAL unnest(p_a_starts, p_b_starts, p_lengths)
        WITH ORDINALITY AS p (a_start, b_start, length, place)
    CROSS JOIN LATERAL (
        SELECT
            x.neighbours[p.a_start + 1:p.a_start + p.length] AS xn,
            x.weights[p.a_start + 1:p.a_start + p.length] AS xw,
            y.neighbours[p.b_start + 1:p.b_start + p.length] AS yn,
            y.weights[p.b_start + 1:p.b_start + p.length] AS yw
    ) AS c
    WHERE x.content_id = p_a AND x.site_id = p_a_site
        AND (p_numbers IS NULL OR x.composition_number = ANY (p_numbers))
$$;

COMMENT ON FUNCTION hartonomous_internal.list_pairs(
    integer, integer, integer, integer, integer[], integer[], integer[], integer, integer[], integer[]
) IS
'Internal to diff: each concept''s lists, of all or of some, at the sites that two sources store together, and the least weight in each; neurons of the second source are named as those of the first.';
