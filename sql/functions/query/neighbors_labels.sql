CREATE OR REPLACE FUNCTION hartonomous.neighbors(
    labels text[], max_results integer DEFAULT 10, relation_type text DEFAULT 'related', towards boolean DEFAULT FALSE,
    rating text DEFAULT NULL, min_sources integer DEFAULT 1,
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS TABLE (
    concept text,
    neighbor text,
    elo_score double precision,
    consensus_elo double precision,
    evidence_count bigint,
    source_count bigint,
    mean_weight double precision,
    relation_id hartonomous.relation_key
)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
    v_known constant boolean[] := array(
        SELECT w.label IS NOT NULL AND hartonomous.find_composition(w.label) IS NOT NULL
        FROM unnest(neighbors.labels) WITH ORDINALITY AS w (label, place)
        ORDER BY w.place
    );
    v_unknown constant text := (
        SELECT string_agg(left(w.label, 80), ', ' ORDER BY w.place)
        FROM unnest(neighbors.labels, v_known) WITH ORDINALITY AS w (label, is_known, place)
        WHERE NOT w.is_known
    );
BEGIN
    IF NOT TRUE = ANY (v_known) OR array_position(neighbors.labels, NULL) IS NOT NULL THEN
        PERFORM hartonomous_internal.known_number(w.label) FROM unnest(neighbors.labels) AS w (label);
    ELSIF v_unknown IS NOT NULL THEN
        RAISE NOTICE 'unknown words are skipped: %', left(v_unknown, 800);
    END IF;
    RETURN QUERY
    SELECT
        n.concept, n.neighbor, n.elo_score, n.consensus_elo, n.evidence_count, n.source_count, n.mean_weight,
        n.relation_id
    FROM unnest(neighbors.labels, v_known) WITH ORDINALITY AS w (label, is_known, place)
    CROSS JOIN LATERAL hartonomous.neighbors(
        w.label, neighbors.max_results, neighbors.relation_type, neighbors.towards, neighbors.rating,
        neighbors.min_sources
    ) WITH ORDINALITY AS n (
        concept, neighbor, elo_score, consensus_elo, evidence_count, source_count, mean_weight, relation_id, rank
    )
    WHERE w.is_known
    ORDER BY w.place, n.rank;
    PERFORM hartonomous_internal.leave_scope(v_scope);
END
$$;

COMMENT ON FUNCTION hartonomous.neighbors(text[], integer, text, boolean, text, integer, text[], text[], text) IS
'The same for many concepts in one question, max_results of each, in the order of the labels; unknown ones are skipped and named in a notice, and an error where all are.';
