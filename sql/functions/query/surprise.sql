-- Against concepts that are the same in every database: those with the smallest ids that live sources list.
CREATE OR REPLACE FUNCTION hartonomous.surprise(
    a text, b text,
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS double precision
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET jit = off
SET work_mem = '64MB'
AS $$
DECLARE
    c_compared constant integer := 100;
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
    v_given constant integer[] := hartonomous_internal.combined_numbers(ARRAY[surprise.a, surprise.b], '{}');
    v_votes constant record := hartonomous_internal.live_votes();
    v_others integer[];
    v_surprise double precision;
BEGIN
    v_others := array(
        SELECT c.composition_number FROM hartonomous.composition AS c
        WHERE c.composition_number <> ALL (v_given) AND EXISTS (
            SELECT FROM hartonomous.relation_list AS l
            WHERE l.composition_number = c.composition_number AND l.content_id = ANY (v_votes.content_ids)
                AND l.site_id = ANY (v_votes.site_ids) AND l.neighbours <> '{}'
        )
        ORDER BY c.composition_id
        LIMIT c_compared
    );
    WITH related AS MATERIALIZED (
        SELECT r.first, r.second, r.cosine
        FROM hartonomous_internal.cosines(
            v_given, v_others || v_given[2], v_votes.content_ids, v_votes.site_ids, v_votes.weights
        ) AS r
    )
    SELECT (count(*) FILTER (WHERE r.second <> v_given[2] AND r.cosine >= p.cosine) + 1)::double precision
        / (2 * cardinality(v_others) + 1)
    INTO v_surprise
    FROM related AS r
    CROSS JOIN related AS p
    WHERE p.first = v_given[1] AND p.second = v_given[2];
    PERFORM hartonomous_internal.leave_scope(v_scope);
    RETURN v_surprise;
END
$$;

COMMENT ON FUNCTION hartonomous.surprise(text, text, text[], text[], text) IS
'How unlikely it is that two concepts are related, given what live sources list for each, from near 0 to 1: the share of 100 other concepts that have as much to do with one of them as they with each other. An error where one is not known.';
