-- One hop of a beam search. All paths of a hop are equally long, so they fit arrays with one row
-- a path. Of several ways to one concept the best p_ways are kept; a path scores the product of its
-- hops' expected scores, so it never gains by growing, and none below p_floor can win any more.
-- The best p_beam of each path's next hops are enough, and one more for each concept on the path,
-- which may not come again, and for each that is excluded: the others can't be among the best p_beam
-- of all. At a temperature each way may be drawn, so all are looked at.
CREATE OR REPLACE FUNCTION hartonomous_internal.extend_paths(
    p_ends integer[],
    p_scores double precision[],
    p_trails integer[],
    p_elos double precision[],
    p_beam integer,
    p_relation_type_id integer,
    p_target integer DEFAULT NULL,
    p_floor double precision DEFAULT 0,
    p_ways integer DEFAULT 1,
    p_excluded integer[] DEFAULT '{}',
    p_temperature double precision DEFAULT 0,
    p_seed bigint DEFAULT 0
)
RETURNS TABLE (
    ends integer[],
    scores double precision[],
    trails integer[],
    elos double precision[]
)
LANGUAGE plpgsql STABLE ROWS 1
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET jit = off
SET work_mem = '64MB'
AS $$
DECLARE
    v_best constant integer := p_beam + array_length(p_trails, 2) + cardinality(p_excluded);
    v_from constant integer[] := array(SELECT DISTINCT e.number FROM unnest(p_ends) AS e (number));
BEGIN
    RETURN QUERY
    WITH way AS (
        SELECT
            w.*,
            CASE p_temperature
                WHEN 0 THEN w.score
                ELSE hartonomous_internal.draw(
                    w.score, p_temperature, p_seed, array(SELECT unnest(p_trails[w.place:w.place])) || w.b
                )
            END AS chance
        FROM (
            SELECT
                r.b, f.score * hartonomous.expected_score(r.elo_score) AS score, f.place, r.elo_score,
                row_number() OVER (
                    PARTITION BY r.b ORDER BY f.score * hartonomous.expected_score(r.elo_score) DESC, f.place
                ) AS way
            FROM hartonomous_internal.relations_from(
                v_from, p_relation_type_id, CASE p_temperature WHEN 0 THEN v_best END, p_target
            ) AS r
            INNER JOIN unnest(p_ends, p_scores) WITH ORDINALITY AS f ("end", score, place) ON f."end" = r.a
            WHERE r.b <> ALL (p_trails[f.place:f.place]) AND r.a IS DISTINCT FROM p_target AND r.b <> ALL (p_excluded)
        ) AS w
        WHERE w.way <= p_ways AND w.score > p_floor
    ),
    best AS (
        -- ties are decided by the concepts' ids, never by their local numbers
        SELECT y.b, y.score, y.place, y.elo_score
        FROM (
            SELECT w.* FROM way AS w
            ORDER BY (w.b IS NOT DISTINCT FROM p_target) DESC, w.chance DESC
            FETCH FIRST p_beam ROWS WITH TIES
        ) AS y
        INNER JOIN hartonomous.composition AS c ON c.composition_number = y.b
        ORDER BY (y.b IS NOT DISTINCT FROM p_target) DESC, y.chance DESC, c.composition_id, y.place
        LIMIT p_beam
    )
    SELECT
        array_agg(k.b), array_agg(k.score), array_agg(k.trail), array_agg(k.elos)
    FROM (
        SELECT
            b.b,
            b.score,
            array(SELECT unnest(p_trails[b.place:b.place])) || b.b AS trail,
            array(SELECT unnest(p_elos[b.place:b.place])) || b.elo_score AS elos
        FROM best AS b
    ) AS k;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.extend_paths(
    integer[], double precision[], integer[], double precision[], integer, integer, integer, double precision,
    integer, integer[], double precision, bigint
) IS
'Internal: the best continuations of some paths by one hop, best first, or as they are drawn at a temperature; null arrays when there is none.';
