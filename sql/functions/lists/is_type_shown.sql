CREATE OR REPLACE FUNCTION hartonomous_internal.is_type_shown(p_type hartonomous.relation_type)
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_without constant integer[] := hartonomous_internal.out_of_scope();
BEGIN
    RETURN p_type.is_built_in
        OR (v_without = '{}' AND hartonomous_internal.dropped_sources() = '{}')
        OR EXISTS (
            SELECT FROM hartonomous.relation_list AS l
            WHERE l.relation_type_id = p_type.relation_type_id AND l.content_id <> ALL (v_without)
        );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.is_type_shown(hartonomous.relation_type) IS
'Internal: whether a type of relation is built in or one that a source in scope brought.';
