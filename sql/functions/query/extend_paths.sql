-- One hop of a beam search. All paths of a hop are equally long, so they fit arrays with one row
-- a path. Of several ways to one concept the best is kept; a path scores the product of its
-- hops' expected scores, so it never gains by growing, and none below p_floor can win any more.
CREATE OR REPLACE FUNCTION hartonomous.extend_paths(
    p_ends uuid[],
    p_scores double precision[],
    p_trails uuid[],
    p_elos double precision[],
    p_relations uuid[],
    p_beam integer,
    p_relation_type text,
    p_target uuid DEFAULT NULL,
    p_floor double precision DEFAULT 0
)
RETURNS TABLE (
    ends uuid[],
    scores double precision[],
    trails uuid[],
    elos double precision[],
    relations uuid[]
)
LANGUAGE plpgsql VOLATILE ROWS 1
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT
        array_agg(k.id), array_agg(k.score), array_agg(k.trail), array_agg(k.elos), array_agg(k.relations)
    FROM (
        SELECT
            b.id,
            b.score,
            array(SELECT unnest(p_trails[b.place:b.place])) || b.id AS trail,
            array(SELECT unnest(p_elos[b.place:b.place])) || b.elo_score AS elos,
            array(SELECT unnest(p_relations[b.place:b.place])) || b.relation_id AS relations
        FROM (
            SELECT DISTINCT ON (w.id) w.id, w.score, w.place, w.elo_score, w.relation_id
            FROM (
                SELECT
                    r.composition_b_id AS id,
                    f.score * hartonomous.expected_score(r.elo_score) AS score,
                    f.place,
                    r.elo_score,
                    r.relation_id
                FROM hartonomous.relations_from(p_ends, p_relation_type) AS r
                INNER JOIN unnest(p_ends, p_scores) WITH ORDINALITY AS f (id, score, place)
                    ON f.id = r.composition_a_id
                WHERE r.composition_b_id <> ALL (p_trails[f.place:f.place])
                    AND r.composition_a_id IS DISTINCT FROM p_target
            ) AS w
            WHERE w.score > p_floor
            ORDER BY w.id, w.score DESC, w.place
        ) AS b
        ORDER BY b.id IS NOT DISTINCT FROM p_target DESC, b.score DESC, b.id
        LIMIT p_beam
    ) AS k;
END
$$;

COMMENT ON FUNCTION hartonomous.extend_paths(
    uuid[], double precision[], uuid[], double precision[], uuid[], integer, text, uuid, double precision
) IS
'Internal: the best continuations of some paths by one hop, best first; null arrays when there is none.';
