-- What its neighbours vote for most and nobody lists, in the order of what the two share.
CREATE OR REPLACE FUNCTION hartonomous.gaps(
    label text, max_results integer DEFAULT 10,
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS TABLE (candidate text, relatedness double precision, shared bigint)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET jit = off
SET work_mem = '64MB'
AS $$
#variable_conflict use_column
DECLARE
    c_middles constant integer := 24;
    c_candidates constant integer := 60;
    c_fewest constant integer := 2;
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
    v_number constant integer := hartonomous_internal.known_number(gaps.label);
    v_votes constant record := hartonomous_internal.live_votes();
    v_related constant integer := hartonomous.relation_type_id('related');
    v_listed constant integer[] := array(
        SELECT r.b FROM hartonomous_internal.relations_from(ARRAY[v_number], v_related) AS r
    ) || v_number;
    v_middles integer[];
    v_candidates integer[];
    v_shared bigint[];
    v_listing integer[];
BEGIN
    PERFORM hartonomous_internal.require_positive('max_results', gaps.max_results);
    IF hartonomous_internal.is_below_chance(ARRAY[v_number]) THEN
        PERFORM hartonomous_internal.leave_scope(v_scope);
        RETURN;
    END IF;
    v_middles := hartonomous_internal.most_voted(ARRAY[v_number], ARRAY[v_number], c_middles, v_votes);
    SELECT array_agg(s.b), array_agg(s.shared) INTO v_candidates, v_shared
    FROM (
        SELECT f.b, count(*) AS shared
        FROM hartonomous_internal.list_votes(v_middles, v_votes.content_ids, v_votes.site_ids, v_votes.weights) AS f
        INNER JOIN hartonomous.composition AS c ON c.composition_number = f.b
        WHERE f.b <> ALL (v_listed)
        GROUP BY f.b, c.composition_id
        HAVING count(*) >= c_fewest
        ORDER BY count(*) DESC, sum(f.votes) DESC, c.composition_id
        LIMIT c_candidates
    ) AS s;
    -- neither does one of them list the concept
    v_listing := array(
        SELECT r.a FROM hartonomous_internal.relations_from(coalesce(v_candidates, '{}'), v_related) AS r WHERE r.b = v_number
    );
    RETURN QUERY
    SELECT c.label, r.cosine, u.shared
    FROM unnest(v_candidates, v_shared) AS u (number, shared)
    INNER JOIN hartonomous_internal.cosines(
        v_candidates, ARRAY[v_number], v_votes.content_ids, v_votes.site_ids, v_votes.weights
    ) AS r (number, given, cosine) ON r.number = u.number
    INNER JOIN hartonomous.composition AS c ON c.composition_number = u.number
    WHERE r.cosine > 0 AND u.number <> ALL (v_listing)
    ORDER BY r.cosine DESC, c.composition_id
    LIMIT gaps.max_results;
    PERFORM hartonomous_internal.leave_scope(v_scope);
END
$$;

COMMENT ON FUNCTION hartonomous.gaps(text, integer, text[], text[], text) IS
'Relations that nobody lists and that should perhaps be there: concepts that several of a concept''s neighbours (shared) vote for, by their relatedness to it. Candidates are in no other answer.';
