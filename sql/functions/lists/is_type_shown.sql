CREATE OR REPLACE FUNCTION hartonomous.is_type_shown(p_type hartonomous.relation_type)
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN p_type.is_built_in
        OR (
            NOT EXISTS (SELECT FROM hartonomous.content AS c WHERE c.state = 'quarantined')
            AND hartonomous.dropped_sources() = '{}'
        )
        OR EXISTS (
            SELECT FROM hartonomous.relation_list AS l
            INNER JOIN hartonomous.content AS c ON c.content_id = l.content_id AND c.state = 'live'
            WHERE l.relation_type_id = p_type.relation_type_id
        );
END
$$;

COMMENT ON FUNCTION hartonomous.is_type_shown(hartonomous.relation_type) IS
'Internal: whether a type of relation is built in or one that a live source brought.';
