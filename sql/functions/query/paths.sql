-- As path, but of the ways to each concept four times as many are kept as are asked for: those that would
-- cross themselves further on are lost, and others take their place.
CREATE OR REPLACE FUNCTION hartonomous.paths(
    a text,
    b text,
    max_results integer DEFAULT 5,
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
    relation_path hartonomous.relation_key[],
    source_counts bigint[],
    held_by text[]
)
LANGUAGE plpgsql STABLE ROWS 5
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    c_most constant integer := 100;
    c_spare constant integer := 4;
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
    v_type_id constant integer := hartonomous_internal.require_relation_type(paths.relation_type);
    v_start constant integer := hartonomous_internal.known_number(paths.a);
    v_target constant integer := hartonomous_internal.known_number(paths.b);
    v_ends integer[] := ARRAY[v_start];
    v_scores double precision[] := '{1}';
    v_trails integer[] := ARRAY[v_ends];
    v_elos double precision[];
    -- trails of several lengths, as text
    v_found text[] := '{}';
    v_found_elos text[] := '{}';
    v_found_scores double precision[] := '{}';
    v_floor double precision := 0;
BEGIN
    PERFORM hartonomous_internal.require_positive('max_results', paths.max_results, c_most);
    PERFORM hartonomous_internal.require_positive('max_depth', paths.max_depth, 1000);
    PERFORM hartonomous_internal.require_positive('beam', paths.beam, 1000000);
    IF v_start = v_target THEN
        RAISE EXCEPTION 'paths lead from one concept to another' USING ERRCODE = 'HT004';
    END IF;
    FOR v_depth IN 1..paths.max_depth LOOP
        SELECT s.ends, s.scores, s.trails, s.elos INTO v_ends, v_scores, v_trails, v_elos
        FROM hartonomous_internal.extend_paths(
            v_ends, v_scores, v_trails, v_elos, paths.beam, v_type_id, v_target, v_floor,
            c_spare * paths.max_results
        ) AS s;
        EXIT WHEN v_ends IS NULL;
        FOR v_place IN 1..cardinality(v_ends) LOOP
            EXIT WHEN v_ends[v_place] <> v_target;
            v_found := v_found || array(SELECT unnest(v_trails[v_place:v_place]))::text;
            v_found_elos := v_found_elos || array(SELECT unnest(v_elos[v_place:v_place]))::text;
            v_found_scores := v_found_scores || v_scores[v_place];
        END LOOP;
        v_floor := coalesce((
            SELECT f.score FROM unnest(v_found_scores) AS f (score) ORDER BY f.score DESC
            OFFSET paths.max_results - 1 LIMIT 1
        ), 0);
    END LOOP;
    RETURN QUERY
    SELECT
        hartonomous_internal.labels_of(f.trail), f.score, cardinality(f.trail) - 1, f.elos,
        hartonomous_internal.relations_along(f.trail, v_type_id), h.source_counts, h.held_by
    FROM (
        SELECT u.trail::integer[] AS trail, u.score, u.elos::double precision[] AS elos, u.place
        FROM unnest(v_found, v_found_scores, v_found_elos) WITH ORDINALITY AS u (trail, score, elos, place)
        ORDER BY u.score DESC, u.place
        LIMIT paths.max_results
    ) AS f
    CROSS JOIN LATERAL hartonomous_internal.sources_along(f.trail, v_type_id) AS h
    ORDER BY f.score DESC, f.place;
    PERFORM hartonomous_internal.leave_scope(v_scope);
END
$$;

COMMENT ON FUNCTION hartonomous.paths(text, text, integer, integer, integer, text, text[], text[], text) IS
'The best distinct paths between two concepts, as path has the best one: for each hop how many live sources hold it, and which of them hold the whole path.';
