CREATE OR REPLACE FUNCTION hartonomous_internal.drop_list_tables(p_content_ids integer[])
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous_internal.drop_list_table(i.content_id)
    FROM unnest(p_content_ids) AS i (content_id)
    WHERE hartonomous_internal.has_own_partition(i.content_id);
    PERFORM hartonomous_internal.drop_left_tables();
END
$$;

COMMENT ON FUNCTION hartonomous_internal.drop_list_tables(integer[]) IS
'Internal: the last step of a deletion, the partitions of the sources that went; until it ends, readers wait.';
