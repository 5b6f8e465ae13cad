CREATE OR REPLACE FUNCTION hartonomous.rank_candidates(
    labels text[], candidates text[],
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS TABLE (candidate text, score double precision, nearest text)
LANGUAGE plpgsql STABLE ROWS 20
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET jit = off
SET work_mem = '64MB'
AS $$
#variable_conflict use_column
DECLARE
    c_most constant integer := 10000;
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
    v_wanted constant integer[] := hartonomous_internal.combined_numbers(rank_candidates.labels, '{}');
    v_votes constant record := hartonomous_internal.live_votes();
    v_candidates integer[];
BEGIN
    IF coalesce(cardinality(rank_candidates.candidates), 0) NOT BETWEEN 1 AND c_most THEN
        RAISE EXCEPTION 'give 1 to % candidates', c_most USING ERRCODE = 'HT004';
    END IF;
    v_candidates := array(
        SELECT coalesce(hartonomous_internal.find_composition_number(g.label), 0)
        FROM unnest(rank_candidates.candidates) WITH ORDINALITY AS g (label, place)
        ORDER BY g.place
    );
    IF v_candidates <@ ARRAY[0] THEN
        PERFORM hartonomous_internal.known_number(rank_candidates.candidates[1]);
    END IF;
    RETURN QUERY
    SELECT g.label, s.score, n.label
    FROM unnest(rank_candidates.candidates, v_candidates) WITH ORDINALITY AS g (label, number, place)
    LEFT JOIN (
        SELECT r.first AS number, avg(r.cosine ORDER BY r.cosine) AS score,
            (array_agg(r.second ORDER BY r.cosine DESC, array_position(v_wanted, r.second)))[1] AS nearest
        FROM hartonomous_internal.cosines(
            array(SELECT DISTINCT d.number FROM unnest(v_candidates) AS d (number) WHERE d.number > 0),
            v_wanted, v_votes.content_ids, v_votes.site_ids, v_votes.weights
        ) AS r
        GROUP BY r.first
    ) AS s ON s.number = g.number
    LEFT JOIN hartonomous.composition AS n ON n.composition_number = s.nearest
    ORDER BY s.score DESC NULLS LAST, g.place;
    PERFORM hartonomous_internal.leave_scope(v_scope);
END
$$;

COMMENT ON FUNCTION hartonomous.rank_candidates(text[], text[], text[], text[], text) IS
'A given list in order: each candidate''s mean relatedness to some concepts, and which of these it is nearest to; those that are not known come last, with null. An error where a concept, or no candidate, is known.';
