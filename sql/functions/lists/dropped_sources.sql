-- A partition that is dropped is gone for older snapshots too, which go on showing its source. So who asks
-- first looks at the lists, after which none is dropped until the transaction ends, and then counts a source
-- whose partition isn't there as gone: the answer is that of after.
CREATE OR REPLACE FUNCTION hartonomous_internal.dropped_sources()
RETURNS integer[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM FROM ONLY hartonomous.relation_list;
    RETURN array(
        SELECT c.content_id FROM hartonomous.content AS c
        WHERE hartonomous_internal.has_own_partition(c.content_id)
            AND to_regclass('hartonomous.relation_list_' || c.content_id) IS NULL
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.dropped_sources() IS
'Internal: sources that this statement still sees and that were deleted since, with the table of their lists.';
