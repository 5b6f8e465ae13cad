-- A first ten that was emptied stays empty, so the counts are a function of the lists as they are.
CREATE OR REPLACE FUNCTION hartonomous_internal.count_source_pairs(
    p_content_ids integer[], p_first_bytes integer DEFAULT 32
)
RETURNS TABLE (content_id integer, other_id integer, shared bigint, known bigint)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
SET jit = off
SET enable_nestloop = off
SET work_mem = '64MB'
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH voting AS MATERIALIZED (SELECT v.* FROM hartonomous_internal.voting_sites() AS v),
    -- by default an eighth of the concepts, the same in every database
    first_ten AS MATERIALIZED (
        SELECT v.content_id, l.composition_number AS a, l.neighbours[:10] AS neighbours
        FROM hartonomous.composition AS c
        INNER JOIN hartonomous.relation_list AS l ON l.composition_number = c.composition_number
        INNER JOIN voting AS v ON v.content_id = l.content_id AND v.site_id = l.site_id
        WHERE get_byte(c.hash, 0) < p_first_bytes
    ),
    -- step by step, as nobody can estimate how many there are
    pair AS MATERIALIZED (
        SELECT f.content_id, f.a, unnest(f.neighbours) AS b FROM first_ten AS f
    ),
    asked AS MATERIALIZED (
        SELECT p.content_id, p.a, p.b, v.content_id AS other_id, v.site_id
        FROM pair AS p
        CROSS JOIN voting AS v
        WHERE p.b > 0
            AND v.content_id <> p.content_id
            AND (v.content_id = ANY (p_content_ids) OR p.content_id = ANY (p_content_ids))
    )
    SELECT
        q.content_id, q.other_id,
        count(*) FILTER (WHERE q.b = ANY (o.neighbours)),
        count(*) FILTER (WHERE o.a IS NOT NULL AND k.composition_number IS NOT NULL)
    FROM asked AS q
    LEFT JOIN first_ten AS o ON o.content_id = q.other_id AND o.a = q.a
    LEFT JOIN hartonomous.relation_list AS k
        ON k.composition_number = q.b AND k.content_id = q.other_id AND k.site_id = q.site_id
    GROUP BY q.content_id, q.other_id;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.count_source_pairs(integer[], integer) IS
'Internal: how far the lists of some sources agree with those of each other source that votes, in both directions.';
