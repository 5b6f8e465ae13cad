CREATE OR REPLACE FUNCTION hartonomous_internal.count_observations(p_content_ids integer[])
RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT coalesce(sum(cardinality(array_remove(l.neighbours, 0))), 0)
    FROM hartonomous.relation_list AS l
    WHERE l.content_id = ANY (p_content_ids)
$$;

COMMENT ON FUNCTION hartonomous_internal.count_observations(integer[]) IS
'Internal: how many pieces of evidence these sources hold.';
