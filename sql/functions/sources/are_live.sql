CREATE OR REPLACE FUNCTION hartonomous_internal.are_live(p_content_ids integer[])
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT NOT EXISTS (
        SELECT FROM unnest(p_content_ids) AS i (content_id)
        LEFT JOIN hartonomous.content AS c ON c.content_id = i.content_id AND hartonomous_internal.is_in_scope(c)
        WHERE c.content_id IS NULL
    )
$$;

COMMENT ON FUNCTION hartonomous_internal.are_live(integer[]) IS
'Internal: whether all these sources are there, live and in the session''s scope.';
