CREATE OR REPLACE FUNCTION hartonomous_internal.change_viewers(p_source text, p_viewers text[], p_action text)
RETURNS boolean
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_content hartonomous.content;
BEGIN
    v_content := hartonomous_internal.source_to_change(p_source);
    IF v_content.viewers IS NOT DISTINCT FROM p_viewers THEN
        RETURN FALSE;
    END IF;
    UPDATE hartonomous.content AS c SET viewers = p_viewers WHERE c.content_id = v_content.content_id;
    PERFORM hartonomous_internal.guard_sources();
    PERFORM hartonomous_internal.append_audit(p_action, jsonb_build_object(
        'kind', v_content.kind,
        'source', hartonomous_internal.audited_name(v_content),
        'viewers', p_viewers
    ));
    RETURN TRUE;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.change_viewers(text, text[], text) IS
'Internal: says who sees a source, null for everybody who may ask; false when it is so already.';
