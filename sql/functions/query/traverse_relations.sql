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
    relation_path uuid[]
)
LANGUAGE plpgsql VOLATILE STRICT ROWS 48
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_unknown text;
    v_ends uuid[];
    v_scores double precision[];
    v_trails uuid[];
    v_elos double precision[];
    v_relations uuid[];
BEGIN
    SELECT
        string_agg(w.word, ', ' ORDER BY w.place) FILTER (WHERE w.composition_id IS NULL),
        array_agg(DISTINCT w.composition_id) FILTER (WHERE w.composition_id IS NOT NULL)
    INTO v_unknown, v_ends
    FROM hartonomous.prompt_words(traverse_relations.prompt) AS w;
    IF v_unknown IS NOT NULL THEN
        RAISE NOTICE 'unknown words are skipped: %', v_unknown;
    END IF;
    IF v_ends IS NULL THEN
        RETURN;
    END IF;
    v_scores := array_fill(1::double precision, ARRAY[cardinality(v_ends)]);
    v_trails := (SELECT array_agg(ARRAY[e.id]) FROM unnest(v_ends) AS e (id));

    FOR v_depth IN 1..traverse_relations.max_depth LOOP
        SELECT s.ends, s.scores, s.trails, s.elos, s.relations
        INTO v_ends, v_scores, v_trails, v_elos, v_relations
        FROM hartonomous.extend_paths(
            v_ends, v_scores, v_trails, v_elos, v_relations,
            traverse_relations.beam, traverse_relations.relation_type
        ) AS s;
        EXIT WHEN v_ends IS NULL;
        RETURN QUERY
        SELECT
            hartonomous.labels_of(array(SELECT unnest(v_trails[p.place:p.place]))),
            v_scores[p.place],
            v_depth,
            array(SELECT unnest(v_elos[p.place:p.place])),
            array(SELECT unnest(v_relations[p.place:p.place]))
        FROM generate_series(1, cardinality(v_ends)) AS p (place);
    END LOOP;
END
$$;

COMMENT ON FUNCTION hartonomous.traverse_relations(text, integer, integer, text) IS
'Beam search from a prompt''s words: the best paths of each depth with their score and the rating of every hop; unknown words are skipped and named in a notice.';
