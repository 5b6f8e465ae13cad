-- Last step of a load: everything that was copied becomes part of the graph.
CREATE OR REPLACE FUNCTION hartonomous.close_sources()
RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET work_mem = '64MB'
AS $$
DECLARE
    v_opened integer[];
    v_own integer;
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_contributor');
    PERFORM hartonomous_internal.require_own_incoming_tables();
    v_opened := array(SELECT i.content_id FROM pg_temp.incoming_source AS i ORDER BY i.content_id);
    FOR v_own IN SELECT o.id FROM unnest(v_opened) AS o (id) WHERE hartonomous_internal.has_own_partition(o.id) LOOP
        PERFORM hartonomous_internal.attach_list_table(v_own);
    END LOOP;
    INSERT INTO hartonomous.relation_list AS l
    SELECT i.* FROM pg_temp.incoming_list AS i
    ORDER BY i.composition_number;
    PERFORM hartonomous_internal.require_whole_lists(v_opened);
    PERFORM hartonomous_internal.drop_empty_sources(v_opened);
    PERFORM hartonomous_internal.drop_unused_compositions();
    PERFORM hartonomous_internal.drop_unused_types();
    PERFORM hartonomous_internal.refresh_source_pairs(v_opened);
    PERFORM hartonomous_internal.append_audit('ingest', hartonomous_internal.describe_load(v_opened));
    DELETE FROM pg_temp.incoming_source;
    DELETE FROM pg_temp.incoming_list;
    DELETE FROM pg_temp.incoming_composition;
END
$$;

COMMENT ON FUNCTION hartonomous.close_sources() IS
'Ends the load of all sources that were opened in this transaction: their lists become part of the graph, and the audit says so.';

SELECT hartonomous_internal.restrict_to('hartonomous_contributor', 'hartonomous.close_sources()');
