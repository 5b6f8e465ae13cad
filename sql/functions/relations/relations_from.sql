-- What every answer reads: the relations that start from some concepts, rated from the evidence of
-- live sources. A concept's summary stands for the lists that it covers while all their sources
-- live; what came later is added from the lists themselves. A caller that wants only the best of
-- each concept says how many: of a summary that nothing was added to, no more are read then.
CREATE OR REPLACE FUNCTION hartonomous_internal.relations_from(
    p_composition_numbers integer[],
    p_relation_type_id integer,
    p_best integer DEFAULT NULL,
    p_target integer DEFAULT NULL
)
RETURNS TABLE (
    a integer,
    b integer,
    elo_score double precision,
    source_count bigint,
    evidence_count bigint,
    weight_sum bigint
)
LANGUAGE plpgsql STABLE ROWS 200
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET jit = off
SET work_mem = '64MB'
AS $$
#variable_conflict use_column
DECLARE
    v_without constant integer[] := hartonomous_internal.out_of_scope();
    v_summarised integer[];
BEGIN
    IF EXISTS (SELECT FROM hartonomous.relation_summary) THEN
        v_summarised := hartonomous_internal.summarised(p_composition_numbers, p_relation_type_id);
    END IF;
    IF v_summarised <> '{}' THEN
        RETURN QUERY
        SELECT s.a, s.b, s.elo_score, s.source_count, s.evidence_count, s.weight_sum
        FROM hartonomous_internal.summarised_relations(v_summarised, v_without, p_relation_type_id, p_best, p_target) AS s
        WHERE s.evidence_count > s.rejection_count;
        p_composition_numbers := array(
            SELECT n.number FROM unnest(p_composition_numbers) AS n (number)
            WHERE n.number <> ALL (v_summarised)
        );
    END IF;
    RETURN QUERY
    SELECT
        n.number, s.b, s.elo_score, s.source_count, s.evidence_count, s.weight_sum
    FROM unnest(p_composition_numbers) AS n (number)
    CROSS JOIN LATERAL hartonomous_internal.sum_lists(n.number, v_without, p_relation_type_id) AS s
    WHERE s.evidence_count > s.rejection_count;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.relations_from(integer[], integer, integer, integer) IS
'Internal: the relations of one type that start from these concepts, rated from the evidence of live sources; at least the p_best best of each, and those that lead to p_target.';
