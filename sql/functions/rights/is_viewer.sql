-- By the names of roles, as a dump carries them along: where a role is missing, nobody is a member of it.
CREATE OR REPLACE FUNCTION hartonomous_internal.is_viewer(p_viewers text[])
RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_caller constant name := hartonomous_internal.caller();
BEGIN
    RETURN hartonomous_internal.is_member('hartonomous_editor') OR EXISTS (
        SELECT FROM pg_roles AS r
        WHERE r.rolname = ANY (p_viewers) AND pg_has_role(v_caller, r.oid, 'MEMBER')
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.is_viewer(text[]) IS
'Internal: whether who called is a member of one of the roles, or may delete.';
