-- Only the state of the source changes; answers leave out the evidence of quarantined sources,
-- exactly, when they are asked. So this takes milliseconds whatever the size of the source.
CREATE OR REPLACE FUNCTION hartonomous_internal.change_state(p_source text, p_state text, p_action text)
RETURNS boolean
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_content hartonomous.content;
BEGIN
    v_content := hartonomous_internal.source_to_change(p_source);
    PERFORM hartonomous_internal.require_replayed();
    IF v_content.state = p_state THEN
        RAISE NOTICE '% is % already, so nothing was changed', left(p_source, 80), p_state;
        RETURN FALSE;
    END IF;
    UPDATE hartonomous.content AS c SET state = p_state WHERE c.content_id = v_content.content_id;
    PERFORM hartonomous_internal.append_audit(p_action, jsonb_build_object(
        'kind', v_content.kind,
        'source', hartonomous_internal.audited_name(v_content)
    ));
    RETURN TRUE;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.change_state(text, text, text) IS
'Internal: makes a source live or quarantined; false when it is so already.';
