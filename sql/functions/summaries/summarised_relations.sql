CREATE OR REPLACE FUNCTION hartonomous_internal.summarised_relations(
    p_composition_numbers integer[],
    p_without integer[],
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
    rejection_count bigint,
    weight_sum bigint
)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET jit = off
SET work_mem = '64MB'
AS $$
#variable_conflict use_column
DECLARE
    v_best constant integer := coalesce(p_best, 2147483647);
BEGIN
    RETURN QUERY
    WITH summary AS MATERIALIZED (
        SELECT s.*, EXISTS (
            SELECT FROM hartonomous.relation_list AS l
            WHERE l.composition_number = s.composition_number
                AND l.relation_type_id = s.relation_type_id
                AND l.content_id <> ALL (s.content_ids)
                AND l.content_id <> ALL (p_without)
        ) AS has_newer
        FROM hartonomous.relation_summary AS s
        WHERE s.composition_number = ANY (p_composition_numbers)
            AND s.relation_type_id = p_relation_type_id
    ),
    -- nothing came later: the best stand in front
    whole AS (
        SELECT
            s.composition_number AS a,
            e.neighbour AS b,
            e.source_count::bigint AS source_count,
            e.evidence_count::bigint AS evidence_count,
            coalesce(e.rejection_count, 0)::bigint AS rejection_count,
            e.weight_sum
        FROM summary AS s
        CROSS JOIN LATERAL unnest(
            s.neighbours[:v_best], s.source_counts[:v_best], s.evidence_counts[:v_best],
            s.rejection_counts[:v_best], s.weight_sums[:v_best]
        ) AS e (neighbour, source_count, evidence_count, rejection_count, weight_sum)
        WHERE NOT s.has_newer
        UNION ALL
        SELECT
            s.composition_number, p_target, s.source_counts[t.place], s.evidence_counts[t.place],
            coalesce(s.rejection_counts[t.place], 0), s.weight_sums[t.place]
        FROM summary AS s
        CROSS JOIN LATERAL (SELECT array_position(s.neighbours, p_target) AS place) AS t
        WHERE NOT s.has_newer AND p_target IS NOT NULL AND t.place > v_best
    ),
    added AS (
        SELECT
            u.a, u.b,
            sum(u.source_count)::bigint AS source_count,
            sum(u.evidence_count)::bigint AS evidence_count,
            sum(u.rejection_count)::bigint AS rejection_count,
            sum(u.weight_sum)::bigint AS weight_sum
        FROM (
            SELECT
                s.composition_number AS a, e.neighbour AS b, e.source_count, e.evidence_count,
                coalesce(e.rejection_count, 0) AS rejection_count, e.weight_sum
            FROM summary AS s
            CROSS JOIN LATERAL unnest(
                s.neighbours, s.source_counts, s.evidence_counts, s.rejection_counts, s.weight_sums
            ) AS e (neighbour, source_count, evidence_count, rejection_count, weight_sum)
            WHERE s.has_newer
            UNION ALL
            SELECT s.composition_number, n.b, n.source_count, n.evidence_count, n.rejection_count, n.weight_sum
            FROM summary AS s
            CROSS JOIN LATERAL hartonomous_internal.sum_lists(
                s.composition_number, s.content_ids || p_without, p_relation_type_id
            ) AS n
            WHERE s.has_newer
        ) AS u
        GROUP BY u.a, u.b
    )
    SELECT
        u.a, u.b,
        hartonomous.elo_from_evidence(u.evidence_count, u.weight_sum, u.source_count, u.rejection_count),
        u.source_count, u.evidence_count, u.rejection_count, u.weight_sum
    FROM (SELECT * FROM whole UNION ALL SELECT * FROM added) AS u;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.summarised_relations(integer[], integer[], integer, integer, integer) IS
'Internal to relations_from: the relations of concepts that have a summary, with what came later added, that of the sources p_without left out.';
