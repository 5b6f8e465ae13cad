-- Who lists a concept is in none of its own lists, so all lists are looked into, without unfolding
-- any but those that name it.
CREATE OR REPLACE FUNCTION hartonomous_internal.neighbors_towards(
    p_composition_number integer, p_max_results integer, p_relation_type_id integer, p_min_sources integer DEFAULT 1
)
RETURNS TABLE (
    concept text,
    neighbor text,
    elo_score double precision,
    evidence_count bigint,
    source_count bigint,
    mean_weight double precision,
    relation_id hartonomous.relation_key
)
LANGUAGE plpgsql STABLE STRICT ROWS 10
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    v_listing constant integer[] := array(
        SELECT DISTINCT l.composition_number FROM hartonomous.relation_list AS l
        WHERE l.neighbours @> ARRAY[p_composition_number] AND l.relation_type_id = p_relation_type_id
    );
BEGIN
    RETURN QUERY
    SELECT
        b.label, a.label, n.elo_score, n.evidence_count, n.source_count,
        n.weight_sum::double precision / hartonomous_internal.weight_unit() / n.evidence_count,
        ROW(a.composition_id, b.composition_id, p_relation_type_id)::hartonomous.relation_key
    FROM hartonomous_internal.relations_from(v_listing, p_relation_type_id) AS n
    INNER JOIN hartonomous.composition AS a ON a.composition_number = n.a
    INNER JOIN hartonomous.composition AS b ON b.composition_number = n.b
    WHERE n.b = p_composition_number AND n.source_count >= p_min_sources
    ORDER BY n.elo_score DESC, a.composition_id
    LIMIT p_max_results;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.neighbors_towards(integer, integer, integer, integer) IS
'Internal: the concepts that are related to a concept from their side, best rated first: who lists it.';
