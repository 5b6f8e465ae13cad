-- Functions that read relation are VOLATILE: a reader that waited for the lock taken here must
-- take a new snapshot, or it would see the new table as empty.
CREATE OR REPLACE FUNCTION hartonomous.exchange_relation_table()
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous.lock_for_exchange(ARRAY['relation', 'relation_all', 'relation_evidence']);
    ALTER TABLE hartonomous.relation DETACH PARTITION hartonomous.relation_all;
    DROP TABLE hartonomous.relation_all;
    ALTER TABLE hartonomous.relation_next RENAME TO relation_all;
    ALTER INDEX hartonomous.relation_next_pkey RENAME TO relation_all_pkey;
    ALTER INDEX hartonomous.relation_next_composition_a_id_idx RENAME TO relation_all_composition_a_id_idx;
    ALTER INDEX hartonomous.relation_next_composition_b_id_idx RENAME TO relation_all_composition_b_id_idx;
    ALTER TABLE hartonomous.relation ATTACH PARTITION hartonomous.relation_all
    FOR VALUES FROM (MINVALUE) TO (MAXVALUE);
END
$$;

COMMENT ON FUNCTION hartonomous.exchange_relation_table() IS
'Internal: makes relation_next, which has its indexes, the partition of relation in place of the old one.';
