CREATE OR REPLACE FUNCTION hartonomous.index_relation_next()
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    ALTER TABLE hartonomous.relation_next ADD PRIMARY KEY (relation_id);
    CREATE INDEX ON hartonomous.relation_next (composition_a_id);
    CREATE INDEX ON hartonomous.relation_next (composition_b_id);
    ANALYZE hartonomous.relation_next;
END
$$;

COMMENT ON FUNCTION hartonomous.index_relation_next() IS
'Internal: gives the table that is to become the partition of relation its indexes.';
