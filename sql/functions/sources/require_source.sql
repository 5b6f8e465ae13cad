CREATE OR REPLACE FUNCTION hartonomous_internal.require_source(p_source text)
RETURNS hartonomous.content
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_content hartonomous.content;
    v_deleted hartonomous.audit;
BEGIN
    SELECT c.* INTO v_content FROM hartonomous.content AS c WHERE c.source_identifier = p_source AND hartonomous_internal.is_seen(c.viewers);
    IF FOUND THEN
        RETURN v_content;
    END IF;
    IF has_table_privilege('hartonomous.audit', 'SELECT') THEN
        SELECT a.* INTO v_deleted
        FROM hartonomous.audit AS a
        WHERE a.action IN ('delete_model', 'delete_source') AND a.details ->> 'source' = p_source
        ORDER BY a.audit_id DESC
        LIMIT 1;
    END IF;
    IF v_deleted.audit_id IS NOT NULL THEN
        RAISE EXCEPTION 'the source % was deleted for good on % (audit row %), so nothing was changed',
            left(p_source, 80), v_deleted.happened_at::date, v_deleted.audit_id
            USING ERRCODE = 'HT003';
    END IF;
    PERFORM hartonomous_internal.refuse_unknown('source', p_source, array(
        SELECT c.source_identifier FROM hartonomous.content AS c
        WHERE hartonomous_internal.is_seen(c.viewers)
        ORDER BY left(c.source_identifier, 3) = left(p_source, 3) DESC
        LIMIT 10000
    ));
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_source(text) IS
'Internal: the content row of a source; an error that names near matches, or says that it was deleted.';
