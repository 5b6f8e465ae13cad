-- Beam search from the prompt's words, one query a hop.
CREATE OR REPLACE FUNCTION hartonomous.traverse(
    prompt text,
    max_depth integer DEFAULT 3,
    beam integer DEFAULT 16,
    relation_type text DEFAULT 'related',
    exclude text[] DEFAULT '{}',
    temperature double precision DEFAULT 0,
    seed bigint DEFAULT 0,
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS TABLE (
    composition_path text[],
    score double precision,
    depth integer,
    elo_path double precision[],
    relation_path hartonomous.relation_key[]
)
LANGUAGE plpgsql STABLE ROWS 48
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
    v_type_id constant integer := hartonomous_internal.require_relation_type(traverse.relation_type);
    v_excluded constant integer[] := array(
        SELECT hartonomous_internal.known_number(e.label) FROM unnest(traverse.exclude) AS e (label)
    );
    v_ends integer[];
    v_scores double precision[];
    v_trails integer[];
    v_elos double precision[];
BEGIN
    PERFORM hartonomous_internal.require_positive('max_depth', traverse.max_depth, 1000);
    PERFORM hartonomous_internal.require_positive('beam', traverse.beam, 1000000);
    IF traverse.temperature IS NULL OR traverse.temperature < 0 OR traverse.temperature > 1000 THEN
        RAISE EXCEPTION 'temperature is %: ask for 0 to 1000', coalesce(traverse.temperature::text, 'null') USING ERRCODE = 'HT004';
    ELSIF traverse.seed IS NULL THEN
        RAISE EXCEPTION 'seed is null: it is a whole number' USING ERRCODE = 'HT004';
    END IF;
    v_ends := hartonomous_internal.numbers_of_prompt(traverse.prompt, v_excluded);
    v_scores := array_fill(1::double precision, ARRAY[cardinality(v_ends)]);
    v_trails := (SELECT array_agg(ARRAY[e.id]) FROM unnest(v_ends) AS e (id));

    FOR v_depth IN 1..traverse.max_depth LOOP
        SELECT s.ends, s.scores, s.trails, s.elos INTO v_ends, v_scores, v_trails, v_elos
        FROM hartonomous_internal.extend_paths(
            v_ends, v_scores, v_trails, v_elos, traverse.beam, v_type_id,
            p_excluded => v_excluded, p_temperature => traverse.temperature, p_seed => traverse.seed
        ) AS s;
        EXIT WHEN v_ends IS NULL;
        RETURN QUERY
        SELECT
            t.labels,
            v_scores[t.place],
            v_depth,
            array(SELECT unnest(v_elos[t.place:t.place])),
            array(
                SELECT ROW(t.ids[h.hop], t.ids[h.hop + 1], v_type_id)::hartonomous.relation_key
                FROM generate_series(1, v_depth) AS h (hop)
                ORDER BY h.hop
            )
        FROM (
            SELECT
                p.place,
                array_agg(c.label ORDER BY s.step) AS labels,
                array_agg(c.composition_id ORDER BY s.step) AS ids
            FROM generate_series(1, cardinality(v_ends)) AS p (place)
            CROSS JOIN generate_series(1, v_depth + 1) AS s (step)
            INNER JOIN hartonomous.composition AS c ON c.composition_number = v_trails[p.place][s.step]
            GROUP BY p.place
        ) AS t
        ORDER BY t.place;
    END LOOP;
    PERFORM hartonomous_internal.leave_scope(v_scope);
END
$$;

COMMENT ON FUNCTION hartonomous.traverse(text, integer, integer, text, text[], double precision, bigint, text[], text[], text) IS
'Beam search from a prompt''s words: the best paths of each depth with their score and the rating of every hop; unknown words are skipped and named in a notice. No path leads through what is excluded. At a temperature above 0 the next hops are drawn with chances as their scores to the power of one over it, and the seed decides the draw, alike on every server.';
