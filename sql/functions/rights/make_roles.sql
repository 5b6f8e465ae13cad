-- Roles belong to the whole server, so other databases may have made them, or make them just now; where
-- who migrates may not make them, the owner alone can use the substrate until somebody does.
CREATE OR REPLACE FUNCTION hartonomous_internal.make_roles()
RETURNS text[]
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_role text;
    v_pair record;
BEGIN
    FOREACH v_role IN ARRAY hartonomous_internal.missing_roles() LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN', v_role);
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL;
            WHEN insufficient_privilege THEN
                RAISE NOTICE 'role % is not there and % may not create it', v_role, current_user;
        END;
    END LOOP;
    FOR v_pair IN
        SELECT g.role, g.member FROM (
            VALUES
            (1, 'hartonomous_reader', 'hartonomous_contributor'),
            (2, 'hartonomous_contributor', 'hartonomous_editor')
        ) AS g (place, role, member)
        WHERE to_regrole(g.role) IS NOT NULL AND to_regrole(g.member) IS NOT NULL
            AND NOT pg_has_role(to_regrole(g.member), to_regrole(g.role), 'MEMBER')
        ORDER BY g.place
    LOOP
        BEGIN
            EXECUTE format('GRANT %I TO %I', v_pair.role, v_pair.member);
        EXCEPTION
            WHEN insufficient_privilege OR undefined_object OR unique_violation THEN
                RAISE NOTICE '% could not be granted to %', v_pair.role, v_pair.member;
        END;
    END LOOP;
    RETURN hartonomous_internal.missing_roles();
END
$$;

COMMENT ON FUNCTION hartonomous_internal.make_roles() IS
'Internal to migrations: makes the roles that rights are given to, each a member of the one before; returns which it could not make.';
