-- A relation among the best is its concept's best or behind it, so the concepts whose best are the
-- best of all have them all.
CREATE OR REPLACE FUNCTION hartonomous.strongest(
    max_results integer DEFAULT 20, relation_type text DEFAULT 'related',
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS TABLE (
    from_label text,
    to_label text,
    elo_score double precision,
    evidence_count bigint,
    source_count bigint,
    mean_weight double precision,
    relation_id hartonomous.relation_key
)
LANGUAGE plpgsql STABLE ROWS 20
SET search_path = pg_catalog, pg_temp
SET jit = off
SET work_mem = '64MB'
AS $$
#variable_conflict use_column
DECLARE
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
    v_type_id constant integer := hartonomous_internal.require_relation_type(strongest.relation_type);
    v_current integer[];
    v_others integer[];
BEGIN
    PERFORM hartonomous_internal.require_positive('max_results', strongest.max_results);
    PERFORM hartonomous_internal.require_loaded();
    SELECT f.composition_numbers, f.others INTO v_current, v_others FROM hartonomous_internal.current_figures() AS f;
    v_others := CASE
        WHEN v_current IS NULL THEN array(SELECT c.composition_number FROM hartonomous.composition AS c)
        ELSE v_others || array(
            SELECT s.composition_number
            FROM hartonomous.relation_summary AS s
            WHERE s.composition_number = ANY (v_current)
                AND s.relation_type_id = v_type_id
                AND s.best_elo IS NOT NULL
            ORDER BY s.best_elo DESC
            FETCH FIRST strongest.max_results ROWS WITH TIES
        )
    END;
    RETURN QUERY
    SELECT
        a.label, b.label, n.elo_score, n.evidence_count, n.source_count,
        n.weight_sum::double precision / hartonomous_internal.weight_unit() / n.evidence_count,
        ROW(a.composition_id, b.composition_id, v_type_id)::hartonomous.relation_key
    FROM (
        SELECT r.*
        FROM hartonomous_internal.relations_from(v_others, v_type_id, strongest.max_results) AS r
        ORDER BY r.elo_score DESC
        FETCH FIRST strongest.max_results ROWS WITH TIES
    ) AS n
    INNER JOIN hartonomous.composition AS a ON a.composition_number = n.a
    INNER JOIN hartonomous.composition AS b ON b.composition_number = n.b
    ORDER BY n.elo_score DESC, a.composition_id, b.composition_id
    LIMIT strongest.max_results;
    PERFORM hartonomous_internal.leave_scope(v_scope);
END
$$;

COMMENT ON FUNCTION hartonomous.strongest(integer, text, text[], text[], text) IS
'The best rated relations of the whole graph; quick after summarise_relations.';
