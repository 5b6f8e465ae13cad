CREATE OR REPLACE FUNCTION hartonomous.delete_model(source text, fingerprints boolean DEFAULT NULL)
RETURNS hartonomous.deletion
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_editor');
    PERFORM hartonomous_internal.require_kind(delete_model.source, 'model', 'delete_source');
    PERFORM hartonomous.lock_writer();
    PERFORM hartonomous_internal.require_kind(delete_model.source, 'model', 'delete_source');
    RETURN hartonomous.delete_source(delete_model.source, delete_model.fingerprints);
END
$$;

COMMENT ON FUNCTION hartonomous.delete_model(text, boolean) IS
'Deletes a model for good, with every relation and concept that only it supports; ratings of the rest are right at commit. fingerprints of before and after go into the audit when true, and for null where the graph is small.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous.delete_model(text, boolean)');
