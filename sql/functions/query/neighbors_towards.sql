-- Who lists a concept is in none of its own lists, so all lists are looked into, without unfolding
-- any but those that name it.
CREATE OR REPLACE FUNCTION hartonomous.neighbors_towards(
    label text, max_results integer DEFAULT 10, relation_type text DEFAULT 'related'
)
RETURNS TABLE (
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
    v_type_id constant integer := hartonomous.require_relation_type(neighbors_towards.relation_type);
    v_b constant integer := hartonomous.find_composition_number(neighbors_towards.label);
    v_listing constant integer[] := array(
        SELECT DISTINCT l.composition_number FROM hartonomous.relation_list AS l
        WHERE l.neighbours @> ARRAY[v_b] AND l.relation_type_id = v_type_id
    );
BEGIN
    RETURN QUERY
    SELECT
        a.label, n.elo_score, n.evidence_count, n.source_count,
        n.weight_sum::double precision / hartonomous.weight_unit() / n.evidence_count,
        ROW(a.composition_id, b.composition_id, v_type_id)::hartonomous.relation_key
    FROM hartonomous.relations_from(v_listing, v_type_id) AS n
    INNER JOIN hartonomous.composition AS a ON a.composition_number = n.a
    INNER JOIN hartonomous.composition AS b ON b.composition_number = n.b
    WHERE n.b = v_b
    ORDER BY n.elo_score DESC, a.composition_id
    LIMIT neighbors_towards.max_results;
END
$$;

COMMENT ON FUNCTION hartonomous.neighbors_towards(text, integer, text) IS
'The concepts that are related to a concept from their side, best rated first: who lists it. Looks into all lists.';
