CREATE OR REPLACE FUNCTION hartonomous.delete_subject(subject text, fingerprints boolean DEFAULT NULL)
RETURNS hartonomous.deletion
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_contents integer[];
    v_before text;
    v_deletion hartonomous.deletion;
BEGIN
    PERFORM hartonomous.require_member('hartonomous_editor');
    PERFORM hartonomous.contents_of_subject(delete_subject.subject);
    PERFORM hartonomous.lock_writer();
    v_contents := hartonomous.contents_of_subject(delete_subject.subject);
    v_before := hartonomous.fingerprint_if_wanted(delete_subject.fingerprints);
    v_deletion := hartonomous.delete_contents(v_contents);
    v_deletion := hartonomous.finish_deletion('delete_subject', v_deletion, v_before);
    PERFORM hartonomous.drop_list_tables(v_contents);
    RETURN v_deletion;
END
$$;

COMMENT ON FUNCTION hartonomous.delete_subject(text, boolean) IS
'Deletes all that a person contributed for good, documents and feedback, with what only these supported. The key is matched exactly.';

SELECT hartonomous.restrict_to('hartonomous_editor', 'hartonomous.delete_subject(text, boolean)');
