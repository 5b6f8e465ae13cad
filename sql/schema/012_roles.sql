-- Who may do what. Readers ask; contributors also load and give feedback; editors also delete,
-- quarantine and restore. Roles belong to the whole server, so other databases may have made
-- them; where this role may not make them, the owner alone can use the substrate. What each may do
-- is stated by state_rights at the end of each migration.

DO $$
DECLARE
    v_role text;
BEGIN
    FOREACH v_role IN ARRAY ARRAY['hartonomous_reader', 'hartonomous_contributor', 'hartonomous_editor'] LOOP
        BEGIN
            IF to_regrole(v_role) IS NULL THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN', v_role);
            END IF;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL;
            WHEN insufficient_privilege THEN
                RAISE NOTICE 'role % is not there and % may not create it: ask the administrator, then grant by hand',
                    v_role, current_user;
        END;
    END LOOP;
    BEGIN
        IF to_regrole('hartonomous_contributor') IS NOT NULL
            AND NOT pg_has_role('hartonomous_contributor', 'hartonomous_reader', 'MEMBER') THEN
            GRANT hartonomous_reader TO hartonomous_contributor;
        END IF;
        IF to_regrole('hartonomous_editor') IS NOT NULL
            AND NOT pg_has_role('hartonomous_editor', 'hartonomous_contributor', 'MEMBER') THEN
            GRANT hartonomous_contributor TO hartonomous_editor;
        END IF;
    EXCEPTION
        WHEN insufficient_privilege OR undefined_object OR unique_violation THEN
            RAISE NOTICE 'the roles of hartonomous could not be granted to each other';
    END;
END
$$;

CREATE TABLE hartonomous.function_right (
    function_name text PRIMARY KEY,
    role_name text NOT NULL
);

COMMENT ON TABLE hartonomous.function_right IS
'Functions that not everybody may call who may read; written by the files that make them.';
COMMENT ON COLUMN hartonomous.function_right.function_name IS
'Name with the types of its arguments.';
COMMENT ON COLUMN hartonomous.function_right.role_name IS
'The role whose members may call it, beside the owner.';

-- Functions that change something run as their owner; each file that makes one ends with this.
CREATE FUNCTION hartonomous.restrict_to(p_role text, p_function regprocedure)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO hartonomous.function_right (function_name, role_name) VALUES (p_function::text, p_role)
    ON CONFLICT (function_name) DO UPDATE SET role_name = excluded.role_name;
END
$$;

COMMENT ON FUNCTION hartonomous.restrict_to(text, regprocedure) IS
'Internal: lets only the members of a role call a function.';
