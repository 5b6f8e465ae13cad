CREATE OR REPLACE FUNCTION hartonomous.neighbors(
    label text, max_results integer DEFAULT 10, relation_type text DEFAULT 'related', towards boolean DEFAULT FALSE,
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
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
    v_type_id constant integer := hartonomous_internal.require_relation_type(neighbors.relation_type);
    v_a constant integer := hartonomous_internal.known_number(neighbors.label);
BEGIN
    PERFORM hartonomous_internal.require_positive('max_results', neighbors.max_results);
    PERFORM hartonomous_internal.require_positive('min_sources', neighbors.min_sources);
    IF neighbors.towards AND neighbors.rating = 'consensus' THEN
        RAISE EXCEPTION 'who lists a concept is rated by elo alone' USING ERRCODE = 'HT004';
    ELSIF neighbors.towards THEN
        RETURN QUERY
        SELECT t.concept, t.neighbor, t.elo_score, NULL::double precision, t.evidence_count, t.source_count,
            t.mean_weight, t.relation_id
        FROM hartonomous_internal.neighbors_towards(v_a, neighbors.max_results, v_type_id, neighbors.min_sources) AS t;
    ELSIF hartonomous_internal.is_below_chance(ARRAY[v_a]) THEN
        PERFORM hartonomous_internal.leave_scope(v_scope);
        RETURN;
    ELSIF hartonomous_internal.is_rated_by_consensus(neighbors.rating, v_type_id) THEN
        RETURN QUERY
        SELECT c.* FROM hartonomous_internal.neighbors_by_consensus(
            v_a, neighbors.max_results, v_type_id, neighbors.min_sources
        ) AS c;
    ELSE
        RETURN QUERY
        SELECT
            a.label, b.label, n.elo_score, NULL::double precision, n.evidence_count, n.source_count,
            n.weight_sum::double precision / hartonomous_internal.weight_unit() / n.evidence_count,
            ROW(a.composition_id, b.composition_id, v_type_id)::hartonomous.relation_key
        FROM (
            -- ties are decided by the concepts' ids, which are looked up for the few that remain
            SELECT r.*
            FROM hartonomous_internal.relations_from(
                ARRAY[v_a], v_type_id, CASE WHEN neighbors.min_sources = 1 THEN neighbors.max_results END
            ) AS r
            WHERE r.source_count >= neighbors.min_sources
            ORDER BY r.elo_score DESC
            FETCH FIRST neighbors.max_results ROWS WITH TIES
        ) AS n
        INNER JOIN hartonomous.composition AS a ON a.composition_number = v_a
        INNER JOIN hartonomous.composition AS b ON b.composition_number = n.b
        ORDER BY n.elo_score DESC, b.composition_id
        LIMIT neighbors.max_results;
    END IF;
    IF NOT FOUND AND neighbors.min_sources = 1 THEN
        PERFORM hartonomous_internal.say_what_else(v_a, v_type_id, neighbors.towards);
    END IF;
    PERFORM hartonomous_internal.leave_scope(v_scope);
END
$$;

COMMENT ON FUNCTION hartonomous.neighbors(text, integer, text, boolean, text, integer, text[], text[], text) IS
'The concepts that a concept is most strongly related to, best rated first: by consensus where several sources vote, else by elo, or as rating says; min_sources leaves out what fewer sources hold; towards asks instead who lists the concept, which looks into all lists. An error with near matches where the concept is not known.';
