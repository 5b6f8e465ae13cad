-- What every answer reads: the relations that start from some concepts, rated from live
-- evidence. The stored sums cover quarantined sources too, so their part is taken off here,
-- exactly, and only while there are any.
CREATE OR REPLACE FUNCTION hartonomous.relations_from(
    p_composition_ids uuid[], p_relation_type text DEFAULT 'related'
)
RETURNS TABLE (
    relation_id uuid,
    composition_a_id uuid,
    composition_b_id uuid,
    elo_score double precision,
    evidence_count integer,
    source_count integer,
    weight_sum bigint
)
LANGUAGE plpgsql VOLATILE STRICT ROWS 200
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_type_id smallint := (
        SELECT t.relation_type_id FROM hartonomous.relation_type AS t WHERE t.name = p_relation_type
    );
    v_quarantined integer[];
BEGIN
    IF v_type_id IS NULL THEN
        RAISE EXCEPTION 'no relation type %', p_relation_type USING ERRCODE = 'HT002';
    END IF;
    v_quarantined := array(
        SELECT c.content_id FROM hartonomous.content AS c WHERE c.state = 'quarantined'
    );
    IF v_quarantined = '{}' THEN
        RETURN QUERY
        SELECT
            r.relation_id, r.composition_a_id, r.composition_b_id, r.elo_score,
            r.evidence_count, r.source_count, r.weight_sum
        FROM hartonomous.relation AS r
        WHERE r.composition_a_id = ANY (p_composition_ids)
            AND r.relation_type_id = v_type_id
            AND r.evidence_count > r.rejection_count;
        RETURN;
    END IF;
    RETURN QUERY
    SELECT
        r.relation_id, r.composition_a_id, r.composition_b_id,
        hartonomous.elo_from_evidence(
            r.evidence_count - q.evidence_count,
            r.weight_sum - q.weight_sum,
            r.source_count - q.source_count,
            r.rejection_count - q.rejection_count
        ),
        (r.evidence_count - q.evidence_count)::integer,
        (r.source_count - q.source_count)::integer,
        r.weight_sum - q.weight_sum
    FROM hartonomous.relation AS r
    CROSS JOIN LATERAL (
        SELECT
            count(*) AS evidence_count,
            count(*) FILTER (WHERE e.weight = 0 AND e.rank IS NULL) AS rejection_count,
            coalesce(sum(round(e.weight * 1048576)::bigint), 0)::bigint AS weight_sum,
            count(DISTINCT e.content_id) AS source_count
        FROM hartonomous.relation_evidence AS e
        WHERE e.relation_id = r.relation_id AND e.content_id = ANY (v_quarantined)
    ) AS q
    WHERE r.composition_a_id = ANY (p_composition_ids)
        AND r.relation_type_id = v_type_id
        AND r.evidence_count - q.evidence_count > r.rejection_count - q.rejection_count;
END
$$;

COMMENT ON FUNCTION hartonomous.relations_from(uuid[], text) IS
'The relations of one type that start from these concepts, rated from the evidence of live sources.';
