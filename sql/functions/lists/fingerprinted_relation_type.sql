-- Those that are there without any source are the same everywhere.
CREATE OR REPLACE FUNCTION hartonomous_internal.fingerprinted_relation_type()
RETURNS TABLE (shard integer, facts bytea)
LANGUAGE sql STABLE
AS $$
    SELECT NULL::integer, hartonomous_internal.framed(VARIADIC ARRAY[t.name, t.is_symmetric::text, t.description])
    FROM hartonomous.relation_type AS t
    WHERE NOT t.is_built_in
$$;

COMMENT ON FUNCTION hartonomous_internal.fingerprinted_relation_type() IS
'Internal to fingerprint_parts: the relation types that sources brought.';
