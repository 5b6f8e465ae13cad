CREATE OR REPLACE FUNCTION hartonomous.preview_delete_subject(subject text, forget boolean DEFAULT FALSE)
RETURNS hartonomous.deletion
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_preview hartonomous.deletion;
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_editor');
    v_preview := hartonomous_internal.preview_contents(
        hartonomous_internal.contents_of_subject(preview_delete_subject.subject, preview_delete_subject.forget)
    );
    v_preview.alike := hartonomous_internal.subjects_alike(preview_delete_subject.subject);
    RETURN v_preview;
END
$$;

COMMENT ON FUNCTION hartonomous.preview_delete_subject(text, boolean) IS
'What delete_subject would take away and change, and which keys look like the one that is meant; touches nothing.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous.preview_delete_subject(text, boolean)');
