-- Beam search from the prompt's words, one query a hop.
CREATE OR REPLACE FUNCTION hartonomous.traverse_relations(
    prompt text,
    max_depth integer DEFAULT 3,
    beam integer DEFAULT 16,
    relation_type text DEFAULT 'related'
)
RETURNS TABLE (
    composition_path text[],
    score double precision,
    depth integer,
    elo_path double precision[],
    relation_path hartonomous.relation_key[]
)
LANGUAGE plpgsql STABLE STRICT ROWS 48
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_type_id constant integer := hartonomous.require_relation_type(traverse_relations.relation_type);
    v_unknown text;
    v_ends integer[];
    v_scores double precision[];
    v_trails integer[];
    v_elos double precision[];
BEGIN
    SELECT
        string_agg(w.word, ', ' ORDER BY w.place) FILTER (WHERE w.composition_id IS NULL),
        array_agg(DISTINCT c.composition_number) FILTER (WHERE c.composition_number IS NOT NULL)
    INTO v_unknown, v_ends
    FROM hartonomous.prompt_words(traverse_relations.prompt) AS w
    LEFT JOIN hartonomous.composition AS c ON c.composition_id = w.composition_id;
    IF v_unknown IS NOT NULL THEN
        RAISE NOTICE 'unknown words are skipped: %', v_unknown;
    END IF;
    IF v_ends IS NULL THEN
        RETURN;
    END IF;
    v_scores := array_fill(1::double precision, ARRAY[cardinality(v_ends)]);
    v_trails := (SELECT array_agg(ARRAY[e.id]) FROM unnest(v_ends) AS e (id));

    FOR v_depth IN 1..traverse_relations.max_depth LOOP
        SELECT s.ends, s.scores, s.trails, s.elos INTO v_ends, v_scores, v_trails, v_elos
        FROM hartonomous.extend_paths(
            v_ends, v_scores, v_trails, v_elos, traverse_relations.beam, v_type_id
        ) AS s;
        EXIT WHEN v_ends IS NULL;
        RETURN QUERY
        SELECT
            hartonomous.labels_of(t.trail),
            v_scores[p.place],
            v_depth,
            array(SELECT unnest(v_elos[p.place:p.place])),
            hartonomous.relations_along(t.trail, v_type_id)
        FROM generate_series(1, cardinality(v_ends)) AS p (place)
        CROSS JOIN LATERAL (SELECT array(SELECT unnest(v_trails[p.place:p.place])) AS trail) AS t
        ORDER BY p.place;
    END LOOP;
END
$$;

COMMENT ON FUNCTION hartonomous.traverse_relations(text, integer, integer, text) IS
'Beam search from a prompt''s words: the best paths of each depth with their score and the rating of every hop; unknown words are skipped and named in a notice.';
