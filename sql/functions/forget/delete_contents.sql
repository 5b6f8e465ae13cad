CREATE OR REPLACE FUNCTION hartonomous_internal.delete_contents(p_content_ids integer[])
RETURNS hartonomous.deletion
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET work_mem = '64MB'
AS $$
DECLARE
    v_deletion hartonomous.deletion;
    v_named constant integer[] := hartonomous_internal.named_compositions(p_content_ids);
    v_subjects constant integer[] := array(
        SELECT DISTINCT c.subject_id FROM hartonomous.content AS c
        WHERE c.content_id = ANY (p_content_ids) AND c.subject_id IS NOT NULL
    );
    v_pruned record;
BEGIN
    v_deletion := hartonomous_internal.count_contents(p_content_ids);
    PERFORM hartonomous_internal.trace_contents(p_content_ids);
    PERFORM hartonomous_internal.drop_charts(p_content_ids);
    -- sites go with their content
    DELETE FROM hartonomous.content AS c WHERE c.content_id = ANY (p_content_ids);
    PERFORM hartonomous_internal.drop_empty_subjects(v_subjects);
    PERFORM hartonomous_internal.drop_summaries(v_named);
    SELECT p.* INTO v_pruned FROM hartonomous_internal.prune_compositions(v_named, p_content_ids) AS p;
    v_deletion.counts := v_deletion.counts || jsonb_build_object(
        'concepts_removed', v_pruned.concepts,
        'coordinates', (v_deletion.counts ->> 'coordinates')::bigint + v_pruned.coordinates
    );
    DELETE FROM hartonomous.relation_list_shared AS l WHERE l.content_id = ANY (p_content_ids);
    RETURN v_deletion;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.delete_contents(integer[]) IS
'Internal: removes sources with all that only they name; the caller holds the writer lock, writes the audit and, what readers may notice, drops the partitions at the very end.';
