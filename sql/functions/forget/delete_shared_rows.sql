-- Small sources share a partition; their rows are found by index, and so are the relations.
CREATE OR REPLACE FUNCTION hartonomous.delete_shared_rows(p_content_ids integer[])
RETURNS hartonomous.deletion
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_freed uuid[];
    v_deletion hartonomous.deletion;
BEGIN
    SELECT t.evidence, t.relations_removed, t.relations_changed, t.freed
    INTO v_deletion.evidence, v_deletion.relations_removed, v_deletion.relations_changed, v_freed
    FROM hartonomous.take_back_rows(p_content_ids) AS t;
    SELECT p.concepts, p.coordinates INTO v_deletion.concepts_removed, v_deletion.coordinates
    FROM hartonomous.prune_compositions(v_freed) AS p;
    RETURN v_deletion;
END
$$;

COMMENT ON FUNCTION hartonomous.delete_shared_rows(integer[]) IS
'Internal: takes the evidence of documents and feedback out of the graph.';
