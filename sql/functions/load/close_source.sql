-- Last step of a load: everything that was copied becomes part of the graph. Heavy work
-- comes first; the locks that readers notice are taken at the very end.
CREATE OR REPLACE FUNCTION hartonomous.close_source(p_content_id integer, p_flags text[] DEFAULT '{}')
RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET work_mem = '256MB'
SET maintenance_work_mem = '256MB'
AS $$
DECLARE
    v_opened hartonomous.content;
BEGIN
    PERFORM hartonomous.require_opened(p_content_id);
    UPDATE hartonomous.content AS c SET flags = p_flags
    WHERE c.content_id = p_content_id AND p_flags <> '{}';
    IF p_content_id < 1073741824 THEN
        IF to_regrole('hartonomous_contributor') IS NOT NULL THEN
            EXECUTE format(
                'REVOKE INSERT ON hartonomous.relation_evidence_%s, hartonomous.relation_incoming FROM hartonomous_contributor',
                p_content_id
            );
        END IF;
        PERFORM hartonomous.leave_out_forgotten(
            'hartonomous.relation_evidence_' || p_content_id, 'hartonomous.relation_incoming'
        );
        PERFORM hartonomous.add_incoming_compositions();
        PERFORM hartonomous.merge_large_source(p_content_id);
        PERFORM hartonomous.drop_empty_sources(ARRAY[p_content_id]);
        SELECT c.* INTO v_opened FROM hartonomous.content AS c WHERE c.content_id = p_content_id;
        PERFORM hartonomous.append_audit('ingest', jsonb_build_object(
            'kind', 'model',
            'source', v_opened.source_identifier,
            'fingerprint', encode(v_opened.fingerprint, 'hex'),
            'flags', to_jsonb(p_flags)
        ));
    ELSE
        PERFORM hartonomous.close_small_sources();
    END IF;
    DELETE FROM pg_temp.incoming_source;
END
$$;

COMMENT ON FUNCTION hartonomous.close_source(integer, text[]) IS
'Ends the load of a source: merges its concepts, relations and evidence, brings the ratings up to date and writes the audit.';

SELECT hartonomous.restrict_to('hartonomous_contributor', 'hartonomous.close_source(integer, text[])');
