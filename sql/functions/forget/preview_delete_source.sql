CREATE OR REPLACE FUNCTION hartonomous.preview_delete_source(source text)
RETURNS hartonomous.deletion
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_editor');
    PERFORM hartonomous_internal.hold_lists();
    RETURN hartonomous_internal.preview_contents(
        ARRAY[(hartonomous_internal.require_source(preview_delete_source.source)).content_id]
    );
END
$$;

COMMENT ON FUNCTION hartonomous.preview_delete_source(text) IS
'What delete_source would take away and change; touches nothing.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous.preview_delete_source(text)');
