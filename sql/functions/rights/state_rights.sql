-- Whoever restored a backup without its rights, or with other default ones, has them stated here.
CREATE OR REPLACE FUNCTION hartonomous_internal.state_rights()
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_right record;
    v_stated bigint := 0;
BEGIN
    PERFORM hartonomous_internal.guard_sources();
    IF NOT EXISTS (SELECT FROM hartonomous_internal.wrong_rights()) THEN
        RETURN 0;
    END IF;
    DELETE FROM hartonomous.function_right AS r WHERE to_regprocedure(r.function_name) IS NULL;
    FOR v_right IN SELECT * FROM hartonomous_internal.wrong_rights() LOOP
        EXECUTE format(
            CASE WHEN v_right.is_missing THEN 'GRANT %s ON %s %s TO %s' ELSE 'REVOKE %s ON %s %s FROM %s CASCADE' END,
            v_right.privilege, v_right.kind, v_right.name,
            CASE v_right.grantee WHEN 'public' THEN 'PUBLIC' ELSE quote_ident(v_right.grantee) END
        );
        v_stated := v_stated + 1;
    END LOOP;
    -- partitions that come later are read like those that are there
    IF to_regrole('hartonomous_reader') IS NOT NULL THEN
        EXECUTE format(
            'ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA hartonomous GRANT SELECT ON TABLES TO hartonomous_reader',
            (SELECT pg_get_userbyid(n.nspowner) FROM pg_namespace AS n WHERE n.nspname = 'hartonomous')
        );
    END IF;
    RETURN v_stated;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.state_rights() IS
'Internal to migrations: makes the rights on all that is in the schema what they are meant to be; returns how many were not.';
