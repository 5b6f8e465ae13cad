-- A function that runs as its owner asks for it: current_user is the owner there.
CREATE OR REPLACE FUNCTION hartonomous_internal.caller()
RETURNS name
LANGUAGE sql STABLE
AS $$
    SELECT CASE current_setting('role') WHEN 'none' THEN session_user ELSE current_setting('role')::name END
$$;

COMMENT ON FUNCTION hartonomous_internal.caller() IS
'Internal: who called: the session''s role, or the one that it set.';
