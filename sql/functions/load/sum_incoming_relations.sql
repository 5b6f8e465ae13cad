-- The sites of one source can hold the same relation, and each copied a row for it.
CREATE OR REPLACE FUNCTION hartonomous.sum_incoming_relations()
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous.create_relation_table('relation_summed');
    INSERT INTO hartonomous.relation_summed (
        relation_id, composition_a_id, composition_b_id, relation_type_id,
        source_count, evidence_count, rejection_count, weight_sum
    )
    SELECT
        i.relation_id, i.composition_a_id, i.composition_b_id, i.relation_type_id,
        1, sum(i.evidence_count), sum(i.rejection_count), sum(i.weight_sum)
    FROM hartonomous.relation_incoming AS i
    GROUP BY i.relation_id, i.composition_a_id, i.composition_b_id, i.relation_type_id
    ORDER BY i.relation_id;
    DROP TABLE hartonomous.relation_incoming;
    ALTER TABLE hartonomous.relation_summed RENAME TO relation_incoming;
END
$$;

COMMENT ON FUNCTION hartonomous.sum_incoming_relations() IS
'Internal: one row for each relation in relation_incoming, its evidence summed.';
