CREATE OR REPLACE FUNCTION hartonomous.quarantine_source(source text)
RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_editor');
    RETURN hartonomous_internal.change_state(quarantine_source.source, 'quarantined', 'quarantine_source');
END
$$;

COMMENT ON FUNCTION hartonomous.quarantine_source(text) IS
'Takes a source out of every answer at once; restore_source undoes it. False when it is quarantined already.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous.quarantine_source(text)');
