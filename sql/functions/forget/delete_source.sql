CREATE OR REPLACE FUNCTION hartonomous.delete_source(source text, fingerprints boolean DEFAULT NULL)
RETURNS hartonomous.deletion
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_content hartonomous.content;
    v_before text;
    v_deletion hartonomous.deletion;
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_editor');
    -- who names what isn't there doesn't wait for others to learn it
    PERFORM hartonomous_internal.require_source(delete_source.source);
    PERFORM hartonomous.lock_writer();
    v_content := hartonomous_internal.require_source(delete_source.source);
    v_before := hartonomous_internal.fingerprint_if_wanted(delete_source.fingerprints);
    v_deletion := hartonomous_internal.delete_contents(ARRAY[v_content.content_id]);
    IF v_content.kind = 'model' AND v_content.subject_id IS NULL THEN
        v_deletion := hartonomous_internal.finish_deletion('delete_model', v_deletion, v_before, jsonb_build_object(
            'source', v_content.source_identifier,
            'source_fingerprint', encode(v_content.fingerprint, 'hex')
        ));
    ELSE
        -- the names of other sources may be personal
        v_deletion := hartonomous_internal.finish_deletion('delete_source', v_deletion, v_before);
    END IF;
    PERFORM hartonomous_internal.drop_list_tables(ARRAY[v_content.content_id]);
    RETURN v_deletion;
END
$$;

COMMENT ON FUNCTION hartonomous.delete_source(text, boolean) IS
'Deletes one source of any kind for good, with every relation and concept that only it supports.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous.delete_source(text, boolean)');
