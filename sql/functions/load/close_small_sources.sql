CREATE OR REPLACE FUNCTION hartonomous.close_small_sources(p_action text DEFAULT 'ingest')
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_opened integer[] := array(SELECT i.content_id FROM pg_temp.incoming_source AS i);
    v_evidence bigint;
BEGIN
    IF EXISTS (
        SELECT FROM pg_temp.incoming_evidence AS e
        LEFT JOIN hartonomous.site AS s ON s.site_id = e.site_id AND s.content_id = e.content_id
        WHERE e.content_id <> ALL (v_opened) OR s.site_id IS NULL
    ) THEN
        RAISE EXCEPTION 'the evidence names a source or site that this load did not open'
            USING ERRCODE = 'HT004';
    END IF;
    PERFORM hartonomous.leave_out_forgotten('pg_temp.incoming_evidence', 'pg_temp.incoming_relation');
    PERFORM hartonomous.add_incoming_compositions();
    PERFORM hartonomous.merge_small_sources();
    PERFORM hartonomous.drop_empty_sources(v_opened);
    SELECT count(*) INTO v_evidence FROM pg_temp.incoming_evidence AS e;
    -- names of documents may be personal, so only their number is recorded
    PERFORM hartonomous.append_audit(p_action, jsonb_build_object(
        'kind', (
            SELECT min(c.kind) FROM hartonomous.content AS c WHERE c.content_id = ANY (v_opened)
        ),
        'sources', cardinality(v_opened),
        'evidence', v_evidence
    ));
    TRUNCATE pg_temp.incoming_composition, pg_temp.incoming_relation, pg_temp.incoming_evidence;
END
$$;

COMMENT ON FUNCTION hartonomous.close_small_sources(text) IS
'Internal to close_source: merges all documents that were opened in this transaction.';
