CREATE OR REPLACE FUNCTION hartonomous.restore_source(source text)
RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_editor');
    RETURN hartonomous_internal.change_state(restore_source.source, 'live', 'restore_source');
END
$$;

COMMENT ON FUNCTION hartonomous.restore_source(text) IS
'Brings a quarantined source back into the answers, exactly as it was; a deleted source is gone for good. False when it is live.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous.restore_source(text)');
