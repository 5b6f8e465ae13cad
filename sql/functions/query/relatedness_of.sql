CREATE OR REPLACE FUNCTION hartonomous.relatedness_of(
    a text[], b text[],
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS TABLE (from_label text, to_label text, relatedness double precision)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET jit = off
SET work_mem = '64MB'
AS $$
#variable_conflict use_column
DECLARE
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
    v_votes constant record := hartonomous_internal.live_votes();
    v_labels text[];
    v_numbers integer[];
BEGIN
    IF cardinality(relatedness_of.a) <> cardinality(relatedness_of.b) THEN
        RAISE EXCEPTION 'pairs have as many first concepts as second ones' USING ERRCODE = 'HT004';
    END IF;
    PERFORM hartonomous_internal.require_loaded();
    SELECT array_agg(w.label), array_agg(hartonomous_internal.find_composition_number(w.label)) INTO v_labels, v_numbers
    FROM (
        SELECT DISTINCT u.label FROM unnest(relatedness_of.a || relatedness_of.b) AS u (label) WHERE u.label IS NOT NULL
    ) AS w;
    RETURN QUERY
    WITH known AS MATERIALIZED (
        SELECT n.label, n.number FROM unnest(v_labels, v_numbers) AS n (label, number) WHERE n.number IS NOT NULL
    ),
    vote AS MATERIALIZED (
        SELECT o.a, o.b, o.votes::numeric AS votes
        FROM hartonomous_internal.votes_with_own(
            array(SELECT k.number FROM known AS k), v_votes.content_ids, v_votes.site_ids, v_votes.weights
        ) AS o
    ),
    norm AS MATERIALIZED (
        SELECT v.a, sum(v.votes * v.votes) AS square FROM vote AS v GROUP BY v.a
    ),
    pair AS MATERIALIZED (
        SELECT DISTINCT p.first, p.second
        FROM unnest(relatedness_of.a, relatedness_of.b) AS u (first, second)
        INNER JOIN known AS f ON f.label = u.first
        INNER JOIN known AS s ON s.label = u.second
        CROSS JOIN LATERAL (SELECT f.number AS first, s.number AS second) AS p
    ),
    shared AS MATERIALIZED (
        SELECT p.first, p.second, sum(x.votes * y.votes) AS product
        FROM pair AS p
        INNER JOIN vote AS x ON x.a = p.first
        INNER JOIN vote AS y ON y.a = p.second AND y.b = x.b
        GROUP BY p.first, p.second
    )
    SELECT
        u.first, u.second,
        CASE
            WHEN f.number = s.number THEN 1
            WHEN f.number IS NOT NULL AND s.number IS NOT NULL THEN
                coalesce(c.product::double precision / sqrt(m.square::double precision * n.square::double precision), 0)
        END::double precision
    FROM unnest(relatedness_of.a, relatedness_of.b) WITH ORDINALITY AS u (first, second, place)
    LEFT JOIN known AS f ON f.label = u.first
    LEFT JOIN known AS s ON s.label = u.second
    LEFT JOIN shared AS c ON c.first = f.number AND c.second = s.number
    LEFT JOIN norm AS m ON m.a = f.number
    LEFT JOIN norm AS n ON n.a = s.number
    ORDER BY u.place;
    PERFORM hartonomous_internal.leave_scope(v_scope);
END
$$;

COMMENT ON FUNCTION hartonomous.relatedness_of(text[], text[], text[], text[], text) IS
'relatedness of many pairs, in their order; a pair of which a concept is not known has null.';
