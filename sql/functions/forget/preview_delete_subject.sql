CREATE OR REPLACE FUNCTION hartonomous.preview_delete_subject(subject text)
RETURNS hartonomous.deletion
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous.require_member('hartonomous_editor');
    RETURN hartonomous.preview_contents(
        hartonomous.contents_of_subject(preview_delete_subject.subject)
    );
END
$$;

COMMENT ON FUNCTION hartonomous.preview_delete_subject(text) IS
'What delete_subject would take away and change; touches nothing.';

SELECT hartonomous.restrict_to('hartonomous_editor', 'hartonomous.preview_delete_subject(text)');
