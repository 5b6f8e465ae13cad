CREATE OR REPLACE FUNCTION hartonomous_internal.trace_contents(p_content_ids integer[])
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO hartonomous.deletion_trace (random_ids)
    SELECT array_agg(c.random_id ORDER BY c.random_id) FROM hartonomous.content AS c
    WHERE c.content_id = ANY (p_content_ids)
    HAVING count(*) > 0;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.trace_contents(integer[]) IS
'Internal: notes sources that are about to be deleted, for backups that still hold them.';
