-- People's judgements are evidence like any other: pairs of lexicons under the type judged, and verdicts on
-- `related`. Each unordered pair is taken once a judgement; it is rated by the better of its directions.
CREATE OR REPLACE FUNCTION hartonomous_internal.judged_pairs()
RETURNS TABLE (score bigint, total bigint, is_agreed boolean, half integer)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
SET jit = off
SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
    c_most_pairs constant integer := 4000;
    v_votes constant record := hartonomous_internal.live_votes();
BEGIN
    RETURN QUERY
    WITH judgement AS MATERIALIZED (
        SELECT
            l.content_id, least(a.composition_id, b.composition_id) AS first,
            greatest(a.composition_id, b.composition_id) AS second,
            2 * n.weight >= hartonomous_internal.weight_unit() AS is_agreed
        FROM hartonomous.content AS c
        INNER JOIN hartonomous.relation_list AS l ON l.content_id = c.content_id
        CROSS JOIN LATERAL unnest(l.neighbours, l.weights) AS n (b, weight)
        INNER JOIN hartonomous.composition AS a ON a.composition_number = l.composition_number
        INNER JOIN hartonomous.composition AS b ON b.composition_number = n.b
        WHERE hartonomous_internal.is_in_scope(c)
            AND (c.kind, l.relation_type_id) IN (
                ('calibration', hartonomous.relation_type_id('judged')),
                ('feedback', hartonomous.relation_type_id('related'))
            )
    ),
    -- those with the smallest ids, the same in every database
    pair AS MATERIALIZED (
        SELECT f.composition_number AS a, s.composition_number AS b, j.is_agreed, get_byte(f.hash, 31) % 2 AS half
        FROM (SELECT DISTINCT i.* FROM judgement AS i) AS j
        INNER JOIN hartonomous.composition AS f ON f.composition_id = j.first
        INNER JOIN hartonomous.composition AS s ON s.composition_id = j.second
        WHERE EXISTS (
            SELECT FROM hartonomous.relation_list AS l
            INNER JOIN unnest(v_votes.content_ids, v_votes.site_ids) AS w (content_id, site_id)
                ON l.content_id = w.content_id AND l.site_id = w.site_id
            WHERE l.composition_number = f.composition_number
        ) AND EXISTS (
            SELECT FROM hartonomous.relation_list AS l
            INNER JOIN unnest(v_votes.content_ids, v_votes.site_ids) AS w (content_id, site_id)
                ON l.content_id = w.content_id AND l.site_id = w.site_id
            WHERE l.composition_number = s.composition_number
        )
        ORDER BY j.first, j.second, j.is_agreed
        LIMIT c_most_pairs
    ),
    rated AS MATERIALIZED (
        SELECT w.a, f.b, f.score
        FROM (SELECT p.a FROM pair AS p UNION SELECT p.b FROM pair AS p) AS w (a)
        CROSS JOIN LATERAL hartonomous_internal.consensus_from(
            w.a, v_votes.content_ids, v_votes.site_ids, v_votes.weights
        ) AS f
    )
    SELECT greatest(x.score, y.score), v_votes.total, p.is_agreed, p.half
    FROM pair AS p
    LEFT JOIN rated AS x ON x.a = p.a AND x.b = p.b
    LEFT JOIN rated AS y ON y.a = p.b AND y.b = p.a;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.judged_pairs() IS
'Internal to calibration: what people judged of pairs that sources know, with what the sources'' votes for it add up to, and in which half of the words it is.';
