-- Two thirds of the weight that knows both, and three sources where so many know the word.
CREATE OR REPLACE FUNCTION hartonomous.agree(
    label text, max_results integer DEFAULT 10,
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS TABLE (
    concept text,
    neighbor text,
    consensus_elo double precision,
    held_by bigint,
    known_by bigint,
    source_identifiers text[],
    ranks integer[]
)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
    c_candidates constant integer := 60;
    v_a constant integer := hartonomous_internal.known_number(agree.label);
    v_votes constant record := hartonomous_internal.live_votes();
    v_b integer[];
    v_scores bigint[];
BEGIN
    PERFORM hartonomous_internal.require_positive('max_results', agree.max_results);
    IF hartonomous_internal.is_below_chance(ARRAY[v_a]) THEN
        PERFORM hartonomous_internal.leave_scope(v_scope);
        RETURN;
    END IF;
    SELECT array_agg(x.b), array_agg(x.score) INTO v_b, v_scores
    FROM (
        SELECT f.b, f.score FROM hartonomous_internal.consensus_from(
            v_a, v_votes.content_ids, v_votes.site_ids, v_votes.weights
        ) AS f
        ORDER BY f.score DESC
        FETCH FIRST c_candidates ROWS WITH TIES
    ) AS x;
    RETURN QUERY
    SELECT
        a.label, b.label, hartonomous_internal.consensus_elo(x.score, v_votes.total), s.held_by, s.known_by,
        s.source_identifiers, s.ranks
    FROM (
        SELECT
            z.b,
            count(z.rank) AS held_by,
            count(*) AS known_by,
            sum(z.weight) FILTER (WHERE z.rank IS NOT NULL) AS held,
            sum(z.weight) AS known,
            array_agg(c.source_identifier ORDER BY c.source_identifier COLLATE "C") AS source_identifiers,
            array_agg(z.rank ORDER BY c.source_identifier COLLATE "C") AS ranks,
            (SELECT count(*) FROM hartonomous.relation_list AS l
                WHERE l.composition_number = v_a AND l.site_id = ANY (v_votes.site_ids)) AS knowing
        FROM hartonomous_internal.side_by_side(
            v_a, v_b, v_votes.content_ids, v_votes.site_ids, v_votes.weights
        ) AS z
        INNER JOIN hartonomous.content AS c ON c.content_id = z.content_id
        GROUP BY z.b
    ) AS s
    INNER JOIN unnest(v_b, v_scores) AS x (b, score) ON x.b = s.b
    INNER JOIN hartonomous.composition AS a ON a.composition_number = v_a
    INNER JOIN hartonomous.composition AS b ON b.composition_number = s.b
    WHERE 3 * s.held >= 2 * s.known AND s.held_by >= least(3, s.knowing)
    ORDER BY x.score DESC, b.composition_id
    LIMIT agree.max_results;
    IF NOT FOUND THEN
        PERFORM hartonomous_internal.say_who_votes(v_a, v_votes.site_ids, 'agree on nothing');
    END IF;
    PERFORM hartonomous_internal.leave_scope(v_scope);
END
$$;

COMMENT ON FUNCTION hartonomous.agree(text, integer, text[], text[], text) IS
'What most sources that know both concepts list, by consensus: the rank that each gives it, null where it knows both and does not list it. An error with near matches where the concept is not known.';
