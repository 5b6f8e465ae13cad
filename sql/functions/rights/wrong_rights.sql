-- What is held is compared with what is meant, for the schema, for each table and view and for each
-- function, and with what rows of restricted sources are guarded by. The owner's own rights are the owner's affair; a role that is not there holds none.
CREATE OR REPLACE FUNCTION hartonomous_internal.wrong_rights()
RETURNS TABLE (kind text, name text, grantee text, privilege text, is_missing boolean)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    c_schema constant oid := 'hartonomous'::regnamespace;
    c_internal constant oid := 'hartonomous_internal'::regnamespace;
    c_for_editors constant oid[] := ARRAY[
        to_regclass('hartonomous.audit'), to_regclass('hartonomous.forgotten_composition'),
        to_regclass('hartonomous.forgotten_subject'), to_regclass('hartonomous.deletion_trace'),
        -- keys of persons may be their addresses
        to_regclass('hartonomous.subject')
    ];
BEGIN
    RETURN QUERY
    WITH object AS (
        SELECT
            'SCHEMA' AS kind, n.oid, n.oid::regnamespace::text AS name, n.nspowner AS owner,
            coalesce(n.nspacl, acldefault('n', n.nspowner)) AS acl
        FROM pg_namespace AS n
        WHERE n.oid IN (c_schema, c_internal)
        UNION ALL
        SELECT
            CASE k.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, k.oid, k.oid::regclass::text, k.relowner,
            coalesce(k.relacl, acldefault(CASE k.relkind WHEN 'S' THEN 's'::"char" ELSE 'r'::"char" END, k.relowner))
        FROM pg_class AS k
        WHERE k.relnamespace = c_schema AND k.relkind IN ('r', 'p', 'v', 'S')
        UNION ALL
        SELECT
            'FUNCTION', p.oid, p.oid::regprocedure::text, p.proowner, coalesce(p.proacl, acldefault('f', p.proowner))
        FROM pg_proc AS p
        WHERE p.pronamespace IN (c_schema, c_internal)
    ),
    held AS (
        SELECT
            o.kind, o.name, a.privilege_type AS privilege,
            CASE a.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(a.grantee)::text END AS grantee
        FROM object AS o
        CROSS JOIN LATERAL aclexplode(o.acl) AS a
        WHERE a.grantee <> o.owner
    ),
    meant AS (
        SELECT
            o.kind, o.name,
            CASE o.kind WHEN 'SCHEMA' THEN 'USAGE' WHEN 'TABLE' THEN 'SELECT' ELSE 'EXECUTE' END AS privilege,
            CASE
                WHEN o.oid = to_regclass('hartonomous.schema_migration') THEN 'public'
                WHEN o.oid = ANY (c_for_editors) THEN 'hartonomous_editor'
                ELSE coalesce(r.role_name, CASE o.kind WHEN 'FUNCTION' THEN 'public' ELSE 'hartonomous_reader' END)
            END AS grantee
        FROM object AS o
        LEFT JOIN hartonomous.function_right AS r
            ON o.kind = 'FUNCTION' AND to_regprocedure(r.function_name) = o.oid
        WHERE o.kind <> 'SEQUENCE'
        UNION ALL
        -- evidence is deleted by a view of it
        SELECT o.kind, o.name, 'DELETE', 'hartonomous_editor'
        FROM object AS o
        WHERE o.oid = to_regclass('hartonomous.relation_evidence')
    )
    SELECT w.* FROM (
        SELECT
            kind, name, grantee,
            privilege, h.kind IS NULL AS is_missing
        FROM held AS h
        FULL JOIN (
            SELECT e.* FROM meant AS e WHERE e.grantee = 'public' OR to_regrole(e.grantee) IS NOT NULL
        ) AS m USING (kind, name, grantee, privilege)
        WHERE h.kind IS NULL OR m.kind IS NULL
        UNION ALL
        SELECT 'TABLE', 'hartonomous.' || g.name, 'public', 'ROW SECURITY', g.is_missing
        FROM hartonomous_internal.wrong_guards() AS g
    ) AS w
    ORDER BY w.kind COLLATE "C", w.name COLLATE "C", w.grantee COLLATE "C", w.privilege COLLATE "C";
END
$$;

COMMENT ON FUNCTION hartonomous_internal.wrong_rights() IS
'Internal: rights on what is in the schema that somebody holds and should not, or should and does not; no rows when all is as meant.';
