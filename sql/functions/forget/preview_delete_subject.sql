CREATE OR REPLACE FUNCTION hartonomous.preview_delete_subject(subject text, forget boolean DEFAULT FALSE)
RETURNS hartonomous.deletion
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_editor');
    PERFORM hartonomous_internal.hold_lists();
    RETURN hartonomous_internal.preview_subject(preview_delete_subject.subject, preview_delete_subject.forget);
END
$$;

COMMENT ON FUNCTION hartonomous.preview_delete_subject(text, boolean) IS
'What delete_subject would take away and change, and which keys look like the one that is meant; touches nothing.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous.preview_delete_subject(text, boolean)');
