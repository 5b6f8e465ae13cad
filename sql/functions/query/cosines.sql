CREATE OR REPLACE FUNCTION hartonomous_internal.cosines(
    p_first integer[], p_second integer[], p_content_ids integer[], p_site_ids integer[], p_weights integer[]
)
RETURNS TABLE (first integer, second integer, cosine double precision)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET jit = off
SET work_mem = '64MB'
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH own AS MATERIALIZED (
        SELECT o.a, o.b, o.votes
        FROM hartonomous_internal.votes_with_own(p_first || p_second, p_content_ids, p_site_ids, p_weights) AS o
    ),
    vote AS MATERIALIZED (
        SELECT o.a, o.b, o.votes / n.length AS part
        FROM own AS o
        INNER JOIN (
            SELECT l.a, sqrt(sum(l.votes::double precision ^ 2 ORDER BY l.votes)) AS length FROM own AS l GROUP BY l.a
        ) AS n ON n.a = o.a
    )
    SELECT f.number, s.number,
        CASE WHEN f.number = s.number THEN 1 ELSE coalesce(p.cosine, 0) END::double precision
    FROM unnest(p_first) AS f (number)
    CROSS JOIN unnest(p_second) AS s (number)
    LEFT JOIN (
        SELECT x.a AS first, y.a AS second, sum(x.part * y.part ORDER BY x.part * y.part) AS cosine
        FROM vote AS x
        INNER JOIN vote AS y ON y.b = x.b
        WHERE x.a = ANY (p_first) AND y.a = ANY (p_second)
        GROUP BY x.a, y.a
    ) AS p ON p.first = f.number AND p.second = s.number;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.cosines(integer[], integer[], integer[], integer[], integer[]) IS
'Internal: how much each of some concepts has to do with each of some others: the cosine of what sources vote for, each concept itself as strongly as its strongest; sums in the order of their terms, so that they are the same whatever the order of loading.';
