-- Of each concept the best of its votes are looked at from their side: how much each has to do with every
-- concept that is given, by the cosine of votes as relatedness takes it.
CREATE OR REPLACE FUNCTION hartonomous.combine(
    labels text[], without_labels text[] DEFAULT '{}', mode text DEFAULT 'all', max_results integer DEFAULT 10,
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS TABLE (neighbor text, score double precision, relatedness double precision[])
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET jit = off
SET work_mem = '64MB'
AS $$
#variable_conflict use_column
DECLARE
    c_candidates constant integer := 24;
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
    v_given constant integer[] := hartonomous_internal.combined_numbers(combine.labels, combine.without_labels);
    v_wanted constant integer[] := v_given[:cardinality(combine.labels)];
    v_votes constant record := hartonomous_internal.live_votes();
    v_candidates constant integer[] := hartonomous_internal.most_voted(v_wanted, v_given, c_candidates, v_votes);
BEGIN
    PERFORM hartonomous_internal.require_positive('max_results', combine.max_results);
    IF combine.mode IS NULL OR combine.mode NOT IN ('all', 'any') THEN
        RAISE EXCEPTION 'mode is all or any, not %', coalesce(left(combine.mode, 80), 'null') USING ERRCODE = 'HT004';
    END IF;
    IF hartonomous_internal.is_below_chance(v_wanted) THEN
        PERFORM hartonomous_internal.leave_scope(v_scope);
        RETURN;
    END IF;
    RETURN QUERY
    SELECT c.label, s.score, s.wanted
    FROM (
        SELECT
            p.candidate,
            CASE combine.mode
                WHEN 'all' THEN exp(avg(ln(greatest(p.cosine, 1e-9)) ORDER BY p.place) FILTER (WHERE p.is_wanted))
                ELSE max(p.cosine) FILTER (WHERE p.is_wanted)
            END * (1 - coalesce(max(p.cosine) FILTER (WHERE NOT p.is_wanted), 0)) AS score,
            array_agg(p.cosine ORDER BY p.place) FILTER (WHERE p.is_wanted) AS wanted
        FROM (
            SELECT r.candidate, g.place, g.place <= cardinality(v_wanted) AS is_wanted, coalesce(r.cosine, 0) AS cosine
            FROM unnest(v_given) WITH ORDINALITY AS g (number, place)
            INNER JOIN hartonomous_internal.cosines(
                v_candidates, v_given, v_votes.content_ids, v_votes.site_ids, v_votes.weights
            ) AS r (candidate, number, cosine) ON r.number = g.number
        ) AS p
        GROUP BY p.candidate
    ) AS s
    INNER JOIN hartonomous.composition AS c ON c.composition_number = s.candidate
    ORDER BY s.score DESC, c.composition_id
    LIMIT combine.max_results;
    PERFORM hartonomous_internal.leave_scope(v_scope);
END
$$;

COMMENT ON FUNCTION hartonomous.combine(text[], text[], text, integer, text[], text[], text) IS
'What has to do with all of some concepts (mode all: the geometric mean of its relatedness to each) or with any of them (any: the greatest), and little with those of without_labels: times 1 less its greatest relatedness to one of these; best first, with the relatedness to each of labels. An error with near matches where a concept is not known.';
