CREATE OR REPLACE FUNCTION hartonomous_internal.named_compositions(p_content_ids integer[])
RETURNS integer[]
LANGUAGE sql STABLE
AS $$
    SELECT array(
        SELECT DISTINCT l.composition_number FROM hartonomous.relation_list AS l
        WHERE l.content_id = ANY (p_content_ids)
    )
$$;

COMMENT ON FUNCTION hartonomous_internal.named_compositions(integer[]) IS
'Internal: all concepts that these sources name.';
