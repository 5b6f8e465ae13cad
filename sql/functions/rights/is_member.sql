CREATE OR REPLACE FUNCTION hartonomous_internal.is_member(p_role text)
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous_internal.require_member(p_role);
    RETURN TRUE;
EXCEPTION
    WHEN insufficient_privilege THEN
        RETURN FALSE;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.is_member(text) IS
'Internal: whether who called is a member of the role, or of the owner''s.';
