CREATE OR REPLACE FUNCTION hartonomous_internal.missing_roles()
RETURNS text[]
LANGUAGE sql STABLE
AS $$
    SELECT array(
        SELECT r.name
        FROM unnest(
            ARRAY['hartonomous_reader', 'hartonomous_contributor', 'hartonomous_editor']
        ) WITH ORDINALITY AS r (name, place)
        WHERE to_regrole(r.name) IS NULL
        ORDER BY r.place
    )
$$;

COMMENT ON FUNCTION hartonomous_internal.missing_roles() IS
'Internal: which of the roles that rights are given to are not there.';
