CREATE OR REPLACE FUNCTION hartonomous.mark_source(source text, flag text, is_set boolean DEFAULT TRUE)
RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_content hartonomous.content;
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_editor');
    PERFORM hartonomous_internal.require_name('flag', mark_source.flag);
    v_content := hartonomous_internal.source_to_change(mark_source.source);
    UPDATE hartonomous.content AS c
    SET flags = array_remove(c.flags, mark_source.flag)
        || CASE WHEN mark_source.is_set THEN ARRAY[mark_source.flag] ELSE '{}' END
    WHERE c.content_id = v_content.content_id;
    PERFORM hartonomous_internal.append_audit('mark_source', jsonb_build_object(
        'source', hartonomous_internal.audited_name(v_content),
        'flag', mark_source.flag,
        'is_set', mark_source.is_set
    ));
END
$$;

COMMENT ON FUNCTION hartonomous.mark_source(text, text, boolean) IS
'Sets or takes away a flag of a source, such as: lowers quality.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous.mark_source(text, text, boolean)');
