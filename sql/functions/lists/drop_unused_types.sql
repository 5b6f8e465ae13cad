-- A type that a source brought goes with the last evidence of it, so that nothing tells it was there.
CREATE OR REPLACE FUNCTION hartonomous_internal.drop_unused_types()
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    DELETE FROM hartonomous.relation_type AS t
    WHERE NOT t.is_built_in
        AND NOT EXISTS (
            SELECT FROM hartonomous.relation_list AS l WHERE l.relation_type_id = t.relation_type_id
        );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.drop_unused_types() IS
'Internal: removes the relation types that sources brought and nothing uses any more.';
