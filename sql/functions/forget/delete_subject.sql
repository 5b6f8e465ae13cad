CREATE OR REPLACE FUNCTION hartonomous.delete_subject(
    subject text, fingerprints boolean DEFAULT NULL, forget boolean DEFAULT FALSE
)
RETURNS hartonomous.deletion
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_contents integer[];
    v_alike text[];
    v_details jsonb := '{}';
    v_before text;
    v_deletion hartonomous.deletion;
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_editor');
    PERFORM hartonomous_internal.contents_of_subject(delete_subject.subject, delete_subject.forget);
    PERFORM hartonomous.lock_writer();
    v_contents := hartonomous_internal.contents_of_subject(delete_subject.subject, delete_subject.forget);
    v_alike := hartonomous_internal.subjects_alike(delete_subject.subject);
    v_before := hartonomous_internal.fingerprint_if_wanted(delete_subject.fingerprints);
    IF delete_subject.forget THEN
        v_details := jsonb_build_object('forgotten', hartonomous_internal.remember_subject(delete_subject.subject));
    END IF;
    v_deletion := hartonomous_internal.delete_contents(v_contents);
    v_deletion := hartonomous_internal.finish_deletion('delete_subject', v_deletion, v_before, v_details);
    v_deletion.alike := v_alike;
    PERFORM hartonomous_internal.drop_list_tables(v_contents);
    RETURN v_deletion;
END
$$;

COMMENT ON FUNCTION hartonomous.delete_subject(text, boolean, boolean) IS
'Deletes all that a person contributed for good, documents and feedback, with what only these supported. The key is matched exactly; forget keeps the person from coming back with later loads, by a digest under the key of this session, and the person need not be there.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous.delete_subject(text, boolean, boolean)');
