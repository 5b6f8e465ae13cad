CREATE OR REPLACE FUNCTION hartonomous_internal.wrong_guards()
RETURNS TABLE (name text, seen text, is_missing boolean)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT g.name, g.seen, w.is_wanted
    FROM hartonomous_internal.guarded_tables() AS g
    INNER JOIN pg_class AS k ON k.oid = to_regclass('hartonomous.' || g.name)
    CROSS JOIN (SELECT EXISTS (SELECT FROM hartonomous.content AS c WHERE c.viewers IS NOT NULL) AS is_wanted) AS w
    WHERE w.is_wanted <> (
        k.relrowsecurity AND EXISTS (SELECT FROM pg_policy AS p WHERE p.polrelid = k.oid AND p.polname = 'is_seen')
    )
$$;

COMMENT ON FUNCTION hartonomous_internal.wrong_guards() IS
'Internal: tables that are guarded and should not be, or should and are not.';
