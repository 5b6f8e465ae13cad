-- A model: its evidence becomes a partition, and the relations are rebuilt, sorted, into a new
-- table beside the old one, because updating row by row costs several times as much.
CREATE OR REPLACE FUNCTION hartonomous.merge_large_source(p_content_id integer)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
-- both sides come nearly in key order, so merging them costs less than hashing and sorting after
SET enable_hashjoin = off
AS $$
DECLARE
    v_partition text := 'relation_evidence_' || p_content_id;
    v_single_site boolean := (
        SELECT count(*) < 2 FROM hartonomous.site AS s WHERE s.content_id = p_content_id
    );
BEGIN
    PERFORM hartonomous.lock_out_vacuum();
    EXECUTE format(
        'ALTER TABLE hartonomous.%I ADD PRIMARY KEY (relation_id, content_id, site_id)', v_partition
    );
    EXECUTE format('ANALYZE hartonomous.%I', v_partition);

    IF NOT v_single_site THEN
        PERFORM hartonomous.sum_incoming_relations();
    END IF;
    ANALYZE hartonomous.relation_incoming;
    IF NOT EXISTS (SELECT FROM hartonomous.relation) THEN
        -- the first model: what it brought, already in key order, is all there is
        ALTER TABLE hartonomous.relation_incoming RENAME TO relation_next;
    ELSE
        PERFORM hartonomous.create_relation_table('relation_next');
        INSERT INTO hartonomous.relation_next (
            relation_id, composition_a_id, composition_b_id, relation_type_id,
            source_count, evidence_count, rejection_count, weight_sum
        )
        SELECT
            relation_id,
            coalesce(old.composition_a_id, new.composition_a_id),
            coalesce(old.composition_b_id, new.composition_b_id),
            coalesce(old.relation_type_id, new.relation_type_id),
            coalesce(old.source_count, 0) + coalesce(new.source_count, 0),
            coalesce(old.evidence_count, 0) + coalesce(new.evidence_count, 0),
            coalesce(old.rejection_count, 0) + coalesce(new.rejection_count, 0),
            coalesce(old.weight_sum, 0) + coalesce(new.weight_sum, 0)
        FROM hartonomous.relation AS old
        FULL JOIN hartonomous.relation_incoming AS new USING (relation_id)
        ORDER BY relation_id;
        DROP TABLE hartonomous.relation_incoming;
    END IF;
    PERFORM hartonomous.index_relation_next();
    PERFORM hartonomous.exchange_relation_table();
    EXECUTE format(
        'ALTER TABLE hartonomous.relation_evidence ATTACH PARTITION hartonomous.%I FOR VALUES FROM (%s) TO (%s)',
        v_partition, p_content_id, p_content_id + 1
    );
END
$$;

COMMENT ON FUNCTION hartonomous.merge_large_source(integer) IS
'Internal to close_source: attaches a model''s evidence and rebuilds the relations.';
