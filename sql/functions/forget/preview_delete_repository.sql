CREATE OR REPLACE FUNCTION hartonomous.preview_delete_repository(repository text)
RETURNS hartonomous.deletion
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_editor');
    PERFORM hartonomous_internal.hold_lists();
    RETURN hartonomous_internal.preview_contents(
        hartonomous_internal.contents_of_repository(preview_delete_repository.repository)
    );
END
$$;

COMMENT ON FUNCTION hartonomous.preview_delete_repository(text) IS
'What delete_repository would take away and change; touches nothing.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous.preview_delete_repository(text)');
