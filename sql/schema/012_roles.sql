-- Who may do what. Readers ask; contributors also load and give feedback; editors also delete,
-- quarantine and restore. Roles belong to the whole server, so other databases may have made
-- them; where this role may not make them, the owner alone can use the substrate.

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
    IF to_regrole('hartonomous_reader') IS NOT NULL THEN
        GRANT USAGE ON SCHEMA hartonomous TO hartonomous_reader;
        GRANT SELECT ON ALL TABLES IN SCHEMA hartonomous TO hartonomous_reader;
        -- keys of persons may be their addresses
        REVOKE SELECT ON hartonomous.audit, hartonomous.forgotten_composition, hartonomous.subject
        FROM hartonomous_reader;
        ALTER DEFAULT PRIVILEGES IN SCHEMA hartonomous GRANT SELECT ON TABLES TO hartonomous_reader;
    END IF;
    IF to_regrole('hartonomous_editor') IS NOT NULL THEN
        GRANT SELECT ON hartonomous.audit, hartonomous.forgotten_composition, hartonomous.subject
        TO hartonomous_editor;
    END IF;
END
$$;

-- Functions that change something run as their owner; each file that makes one ends with this.
CREATE FUNCTION hartonomous.restrict_to(p_role text, p_function regprocedure)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', p_function);
    IF to_regrole(p_role) IS NOT NULL THEN
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', p_function, p_role);
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous.restrict_to(text, regprocedure) IS
'Internal: lets only the members of a role call a function.';
