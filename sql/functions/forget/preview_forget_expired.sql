CREATE OR REPLACE FUNCTION hartonomous.preview_forget_expired()
RETURNS hartonomous.deletion
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous.require_member('hartonomous_editor');
    RETURN hartonomous.preview_contents(hartonomous.expired_contents());
END
$$;

COMMENT ON FUNCTION hartonomous.preview_forget_expired() IS
'What forget_expired would take away and change; touches nothing.';

SELECT hartonomous.restrict_to('hartonomous_editor', 'hartonomous.preview_forget_expired()');
