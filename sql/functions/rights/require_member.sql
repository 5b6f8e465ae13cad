-- Rights to call a function are lost when a backup is restored without them, so what changes
-- something asks itself.
CREATE OR REPLACE FUNCTION hartonomous_internal.require_member(p_role text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_caller constant name := hartonomous_internal.caller();
BEGIN
    IF pg_has_role(v_caller, current_user, 'MEMBER')
        OR (to_regrole(p_role) IS NOT NULL AND pg_has_role(v_caller, p_role, 'MEMBER')) THEN
        RETURN;
    END IF;
    RAISE EXCEPTION 'only members of % may do that', p_role USING ERRCODE = 'insufficient_privilege';
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_member(text) IS
'Internal: an error unless who called is a member of the role, or of the owner''s.';
