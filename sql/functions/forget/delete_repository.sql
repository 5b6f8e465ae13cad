CREATE OR REPLACE FUNCTION hartonomous.delete_repository(repository text, fingerprints boolean DEFAULT NULL)
RETURNS hartonomous.deletion
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_contents integer[];
    v_before text;
    v_deletion hartonomous.deletion;
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_editor');
    -- who names what isn't there doesn't wait for others to learn it
    PERFORM hartonomous_internal.contents_of_repository(delete_repository.repository);
    PERFORM hartonomous.lock_writer();
    v_contents := hartonomous_internal.contents_of_repository(delete_repository.repository);
    v_before := hartonomous_internal.fingerprint_if_wanted(delete_repository.fingerprints);
    v_deletion := hartonomous_internal.delete_contents(v_contents);
    v_deletion := hartonomous_internal.finish_deletion('delete_source', v_deletion, v_before);
    PERFORM hartonomous_internal.drop_list_tables(v_contents);
    RETURN v_deletion;
END
$$;

COMMENT ON FUNCTION hartonomous.delete_repository(text, boolean) IS
'Deletes all files of a repository of code and its history for good, with every relation and concept that only they support. The name is matched exactly.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous.delete_repository(text, boolean)');
