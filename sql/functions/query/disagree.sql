-- Among the first ten of any source, what more than a third of the weight that knows both denies; each
-- stands under the source that holds it most strongly, so that the answer shows a source's character.
CREATE OR REPLACE FUNCTION hartonomous.disagree(
    label text, max_results integer DEFAULT 5,
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS TABLE (
    concept text,
    source_identifier text,
    neighbor text,
    rank integer,
    strength double precision,
    denied double precision,
    held_by bigint,
    known_by bigint
)
LANGUAGE plpgsql STABLE ROWS 30
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
    v_a constant integer := hartonomous_internal.known_number(disagree.label);
    v_votes constant record := hartonomous_internal.live_votes();
    v_b integer[];
BEGIN
    PERFORM hartonomous_internal.require_positive('max_results', disagree.max_results);
    v_b := array(
        SELECT DISTINCT n.b
        FROM hartonomous.relation_list AS l
        CROSS JOIN LATERAL unnest(l.neighbours[:10]) AS n (b)
        WHERE l.composition_number = v_a AND l.site_id = ANY (v_votes.site_ids) AND n.b > 0
    );
    RETURN QUERY
    SELECT
        a.label, y.holder, b.label, y.rank, y.strength, y.denied, y.held_by, y.known_by
    FROM (
        SELECT x.*, row_number() OVER (
            PARTITION BY x.holder ORDER BY x.strength * x.denied DESC, c.composition_id
        ) AS place
        FROM (
            SELECT
                z.b,
                (array_agg(c.source_identifier ORDER BY z.strength DESC NULLS LAST, c.source_identifier COLLATE "C"))[1]
                    COLLATE "C" AS holder,
                (array_agg(z.rank ORDER BY z.strength DESC NULLS LAST, c.source_identifier COLLATE "C"))[1] AS rank,
                max(z.strength) AS strength,
                coalesce(sum(z.weight) FILTER (WHERE z.rank IS NULL), 0)::double precision
                    / greatest(sum(z.weight), 1) AS denied,
                count(z.rank) AS held_by,
                count(*) AS known_by
            FROM hartonomous_internal.side_by_side(
                v_a, v_b, v_votes.content_ids, v_votes.site_ids, v_votes.weights
            ) AS z
            INNER JOIN hartonomous.content AS c ON c.content_id = z.content_id
            GROUP BY z.b
        ) AS x
        INNER JOIN hartonomous.composition AS c ON c.composition_number = x.b
        WHERE x.denied > 1 / 3.0 AND x.held_by > 0
    ) AS y
    INNER JOIN hartonomous.composition AS a ON a.composition_number = v_a
    INNER JOIN hartonomous.composition AS b ON b.composition_number = y.b
    WHERE y.place <= disagree.max_results
    ORDER BY y.holder, y.place;
    IF NOT FOUND THEN
        PERFORM hartonomous_internal.say_who_votes(v_a, v_votes.site_ids, 'disagree on nothing');
    END IF;
    PERFORM hartonomous_internal.leave_scope(v_scope);
END
$$;

COMMENT ON FUNCTION hartonomous.disagree(text, integer, text[], text[], text) IS
'What some sources list among their first ten and others that know both concepts do not, under the source that holds it most strongly, max_results of each. An error with near matches where the concept is not known.';
