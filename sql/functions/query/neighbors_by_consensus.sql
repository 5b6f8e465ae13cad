-- What no source votes for comes behind, by its evidence.
CREATE OR REPLACE FUNCTION hartonomous_internal.neighbors_by_consensus(
    p_composition_number integer, p_max_results integer, p_relation_type_id integer, p_min_sources integer DEFAULT 1
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
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    v_votes constant record := hartonomous_internal.live_votes();
BEGIN
    RETURN QUERY
    SELECT
        a.label, b.label, n.elo_score, hartonomous_internal.consensus_elo(n.score, v_votes.total),
        n.evidence_count, n.source_count,
        n.weight_sum::double precision / hartonomous_internal.weight_unit() / n.evidence_count,
        ROW(a.composition_id, b.composition_id, p_relation_type_id)::hartonomous.relation_key
    FROM (
        SELECT r.*, coalesce(v.score, 0) AS score
        FROM hartonomous_internal.relations_from(ARRAY[p_composition_number], p_relation_type_id) AS r
        LEFT JOIN hartonomous_internal.consensus_from(
            p_composition_number, v_votes.content_ids, v_votes.site_ids, v_votes.weights
        ) AS v ON v.b = r.b
        WHERE r.source_count >= p_min_sources
        ORDER BY score DESC, r.elo_score DESC
        FETCH FIRST p_max_results ROWS WITH TIES
    ) AS n
    INNER JOIN hartonomous.composition AS a ON a.composition_number = p_composition_number
    INNER JOIN hartonomous.composition AS b ON b.composition_number = n.b
    ORDER BY n.score DESC, n.elo_score DESC, b.composition_id
    LIMIT p_max_results;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.neighbors_by_consensus(integer, integer, integer, integer) IS
'Internal to neighbors: the relations of a concept, those first that the sources agree on.';
