-- Levy and Goldberg 2014, equation 4 (3CosMul), over the lists of sources in place of vectors: what has much
-- to do with b and with c, and little with a.
CREATE OR REPLACE FUNCTION hartonomous.analogy(
    a text, b text, c text, max_results integer DEFAULT 5,
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS TABLE (neighbor text, score double precision, to_a double precision, to_b double precision, to_c double precision)
LANGUAGE plpgsql STABLE ROWS 5
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET jit = off
SET work_mem = '64MB'
AS $$
#variable_conflict use_column
DECLARE
    c_candidates constant integer := 24;
    c_floor constant double precision := 0.01;
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
    v_given constant integer[] := hartonomous_internal.combined_numbers(ARRAY[analogy.a, analogy.b, analogy.c], '{}');
    v_votes constant record := hartonomous_internal.live_votes();
    v_candidates constant integer[] := hartonomous_internal.most_voted(v_given[2:3], v_given, c_candidates, v_votes);
BEGIN
    PERFORM hartonomous_internal.require_positive('max_results', analogy.max_results);
    IF hartonomous_internal.is_below_chance(v_given) THEN
        PERFORM hartonomous_internal.leave_scope(v_scope);
        RETURN;
    END IF;
    RETURN QUERY
    SELECT c.label, s.y * s.z / (s.x + c_floor), s.x, s.y, s.z
    FROM (
        SELECT
            r.first AS number,
            max(r.cosine) FILTER (WHERE r.second = v_given[1]) AS x,
            max(r.cosine) FILTER (WHERE r.second = v_given[2]) AS y,
            max(r.cosine) FILTER (WHERE r.second = v_given[3]) AS z
        FROM hartonomous_internal.cosines(
            v_candidates, v_given, v_votes.content_ids, v_votes.site_ids, v_votes.weights
        ) AS r
        GROUP BY r.first
    ) AS s
    INNER JOIN hartonomous.composition AS c ON c.composition_number = s.number
    ORDER BY 2 DESC, greatest(s.y, s.z) DESC, c.composition_id
    LIMIT analogy.max_results;
    PERFORM hartonomous_internal.leave_scope(v_scope);
END
$$;

COMMENT ON FUNCTION hartonomous.analogy(text, text, text, integer, text[], text[], text) IS
'What is to c as b is to a, best first: its relatedness to b times that to c, over that to a and .01. An error with near matches where a concept is not known.';
