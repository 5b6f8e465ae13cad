CREATE OR REPLACE FUNCTION hartonomous.open_source_to_all(source text)
RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_editor');
    RETURN hartonomous_internal.change_viewers(open_source_to_all.source, NULL, 'open_source_to_all');
END
$$;

COMMENT ON FUNCTION hartonomous.open_source_to_all(text) IS
'Lets everybody see a source who may ask. False when they do already.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous.open_source_to_all(text)');
