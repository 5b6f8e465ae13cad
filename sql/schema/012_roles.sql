-- Who may do what. Readers ask; contributors also load and give feedback; editors also delete,
-- quarantine and restore. make_roles makes the roles, and state_rights states what each may do, at
-- the end of each migration.

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
CREATE FUNCTION hartonomous_internal.restrict_to(p_role text, p_function regprocedure)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO hartonomous.function_right (function_name, role_name) VALUES (p_function::text, p_role)
    ON CONFLICT (function_name) DO UPDATE SET role_name = excluded.role_name;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.restrict_to(text, regprocedure) IS
'Internal: lets only the members of a role call a function.';
