-- A number is given anew after a restore, so it counts together with a source that named the concept:
-- the oldest of those with and of those without a partition. Where that came after the backup, so did
-- all others, or they went before the concept did.
CREATE OR REPLACE FUNCTION hartonomous_internal.trace_compositions(p_composition_numbers integer[])
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO hartonomous.deletion_trace (concepts)
    SELECT jsonb_agg(
        jsonb_build_array(n.composition_number, c.random_id) ORDER BY n.composition_number, c.content_id
    )
    FROM (
        SELECT l.composition_number, min(l.content_id) AS content_id
        FROM hartonomous.relation_list AS l
        WHERE l.composition_number = ANY (p_composition_numbers)
        GROUP BY l.composition_number, hartonomous_internal.has_own_partition(l.content_id)
    ) AS n
    INNER JOIN hartonomous.content AS c ON c.content_id = n.content_id
    HAVING count(*) > 0;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.trace_compositions(integer[]) IS
'Internal: notes concepts that are about to be deleted, for backups that still hold them.';
