-- A model's evidence lies in a partition of its own, which is dropped. Where it is a large part
-- of the graph, building the relations anew costs less than changing them row by row.
CREATE OR REPLACE FUNCTION hartonomous.delete_own_partition(
    p_content_id integer, p_one_site boolean, p_realign boolean
)
RETURNS hartonomous.deletion
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_partition text := 'relation_evidence_' || p_content_id;
    v_rebuild boolean;
    v_freed uuid[];
    v_deletion hartonomous.deletion;
BEGIN
    EXECUTE format('LOCK TABLE hartonomous.%I IN SHARE UPDATE EXCLUSIVE MODE', v_partition);
    EXECUTE format(
        'SELECT (SELECT count(*) FROM (SELECT FROM hartonomous.%I LIMIT ceil($1 / 8)::bigint + 1) AS e)'
        ' > $1 / 8',
        v_partition
    )
    INTO v_rebuild
    USING (
        SELECT greatest(c.reltuples, 0)::double precision FROM pg_class AS c
        WHERE c.oid = 'hartonomous.relation_all'::regclass
    );
    IF v_rebuild THEN
        PERFORM hartonomous.lock_out_vacuum();
        SELECT t.evidence, t.relations_removed, t.relations_changed
        INTO v_deletion.evidence, v_deletion.relations_removed, v_deletion.relations_changed
        FROM hartonomous.take_back_table(v_partition, p_one_site) AS t;
        PERFORM hartonomous.index_relation_next();
        SELECT p.concepts, p.coordinates INTO v_deletion.concepts_removed, v_deletion.coordinates
        FROM hartonomous.prune_compositions(NULL, 'relation_next') AS p;
        IF p_realign THEN
            PERFORM hartonomous.realign_sources();
        END IF;
        PERFORM hartonomous.exchange_relation_table();
    ELSE
        SELECT t.evidence, t.relations_removed, t.relations_changed, t.freed
        INTO v_deletion.evidence, v_deletion.relations_removed, v_deletion.relations_changed, v_freed
        FROM hartonomous.take_back_rows(ARRAY[p_content_id], v_partition) AS t;
        SELECT p.concepts, p.coordinates INTO v_deletion.concepts_removed, v_deletion.coordinates
        FROM hartonomous.prune_compositions(v_freed) AS p;
        IF p_realign THEN
            PERFORM hartonomous.realign_sources();
        END IF;
    END IF;
    PERFORM hartonomous.lock_for_exchange(ARRAY['relation_evidence', v_partition]);
    EXECUTE format('DROP TABLE hartonomous.%I', v_partition);
    RETURN v_deletion;
END
$$;

COMMENT ON FUNCTION hartonomous.delete_own_partition(integer, boolean, boolean) IS
'Internal: takes one model''s evidence out of the graph.';
