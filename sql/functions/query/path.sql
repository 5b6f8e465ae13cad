-- The path of a traversal that ends at one concept: hop by hop, each frontier keeps the best way
-- to each concept. Ways that can no longer beat the best arrival are dropped, so the result is
-- exact as long as the frontier holds all concepts within reach, else the best of a beam.
CREATE OR REPLACE FUNCTION hartonomous.path(
    a text,
    b text,
    max_depth integer DEFAULT 6,
    beam integer DEFAULT 256,
    relation_type text DEFAULT 'related',
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS TABLE (
    composition_path text[],
    score double precision,
    depth integer,
    elo_path double precision[],
    relation_path hartonomous.relation_key[]
)
LANGUAGE plpgsql STABLE ROWS 1
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
    v_type_id constant integer := hartonomous_internal.require_relation_type(path.relation_type);
    v_target constant integer := hartonomous_internal.known_number(path.b);
    v_start constant integer := hartonomous_internal.known_number(path.a);
    v_ends integer[] := ARRAY[v_start];
    v_scores double precision[] := '{1}';
    v_trails integer[] := ARRAY[v_ends];
    v_elos double precision[];
    v_arrival integer;
    v_trail integer[];
    v_best double precision := 0;
BEGIN
    PERFORM hartonomous_internal.require_positive('max_depth', path.max_depth, 1000);
    PERFORM hartonomous_internal.require_positive('beam', path.beam, 1000000);
    IF v_target = v_start THEN
        composition_path := hartonomous_internal.labels_of(v_ends);
        score := 1;
        depth := 0;
        elo_path := '{}';
        relation_path := '{}';
        RETURN NEXT;
        PERFORM hartonomous_internal.leave_scope(v_scope);
        RETURN;
    END IF;
    FOR v_depth IN 1..path.max_depth LOOP
        SELECT s.ends, s.scores, s.trails, s.elos INTO v_ends, v_scores, v_trails, v_elos
        FROM hartonomous_internal.extend_paths(
            v_ends, v_scores, v_trails, v_elos, path.beam, v_type_id, v_target, v_best
        ) AS s;
        EXIT WHEN v_ends IS NULL;
        v_arrival := array_position(v_ends, v_target);
        IF v_arrival IS NOT NULL THEN
            v_best := v_scores[v_arrival];
            v_trail := array(SELECT unnest(v_trails[v_arrival:v_arrival]));
            depth := v_depth;
            elo_path := array(SELECT unnest(v_elos[v_arrival:v_arrival]));
        END IF;
    END LOOP;
    IF v_best > 0 THEN
        composition_path := hartonomous_internal.labels_of(v_trail);
        score := v_best;
        relation_path := hartonomous_internal.relations_along(v_trail, v_type_id);
        RETURN NEXT;
    END IF;
    PERFORM hartonomous_internal.leave_scope(v_scope);
END
$$;

COMMENT ON FUNCTION hartonomous.path(text, text, integer, integer, text, text[], text[], text) IS
'The path between two concepts whose hops'' expected scores have the greatest product; no row where there is none within max_depth, and no hop from a concept to itself.';
