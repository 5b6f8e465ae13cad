-- Takes a model's evidence out of the relations by building them anew beside the old ones, the
-- way for a large part of the graph. The caller exchanges the tables.
CREATE OR REPLACE FUNCTION hartonomous.take_back_table(
    p_own_partition text,
    p_one_site boolean,
    OUT evidence bigint,
    OUT relations_removed bigint,
    OUT relations_changed bigint
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
-- both tables lie in key order, so merging them by their indexes needs neither hash nor sort
SET enable_hashjoin = off
SET enable_hashagg = off
AS $$
DECLARE
    v_before bigint := (SELECT count(*) FROM hartonomous.relation);
    v_touched bigint;
    v_left bigint;
    -- the sites of one source can hold the same relation; where there is one site, none does
    v_outgoing text := CASE WHEN p_one_site
        THEN
            'SELECT e.relation_id, 1 AS evidence_count, (e.weight = 0 AND e.rank IS NULL)::integer AS rejection_count,'
            ' round(e.weight * 1048576)::bigint AS weight_sum FROM hartonomous.%I AS e'
        ELSE
            'SELECT e.relation_id, count(*) AS evidence_count,'
            ' count(*) FILTER (WHERE e.weight = 0 AND e.rank IS NULL) AS rejection_count,'
            ' sum(round(e.weight * 1048576)::bigint) AS weight_sum FROM hartonomous.%I AS e GROUP BY e.relation_id'
    END;
BEGIN
    PERFORM hartonomous.create_relation_table('relation_next');
    EXECUTE format(
        CASE WHEN p_one_site
            THEN 'SELECT n.count, n.count FROM (SELECT count(*) FROM hartonomous.%I) AS n'
            ELSE 'SELECT count(*), count(DISTINCT e.relation_id) FROM hartonomous.%I AS e'
        END,
        p_own_partition
    )
    INTO evidence, v_touched;
    EXECUTE format(
        'INSERT INTO hartonomous.relation_next ('
        '    relation_id, composition_a_id, composition_b_id, relation_type_id,'
        '    source_count, evidence_count, rejection_count, weight_sum'
        ') SELECT r.relation_id, r.composition_a_id, r.composition_b_id, r.relation_type_id,'
        '    r.source_count - (o.relation_id IS NOT NULL)::integer,'
        '    r.evidence_count - coalesce(o.evidence_count, 0),'
        '    r.rejection_count - coalesce(o.rejection_count, 0), r.weight_sum - coalesce(o.weight_sum, 0)'
        ' FROM hartonomous.relation AS r LEFT JOIN (' || v_outgoing || ') AS o USING (relation_id)'
        ' WHERE o.relation_id IS NULL OR r.evidence_count > o.evidence_count'
        ' ORDER BY relation_id',
        p_own_partition
    );
    GET DIAGNOSTICS v_left = ROW_COUNT;
    relations_removed := v_before - v_left;
    relations_changed := v_touched - relations_removed;
END
$$;

COMMENT ON FUNCTION hartonomous.take_back_table(text, boolean) IS
'Internal: fills relation_next with the relations as they are without one partition of evidence.';
