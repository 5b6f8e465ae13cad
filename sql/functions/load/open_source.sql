-- First step of a load. The caller then copies rows into the tables it finds here:
-- pg_temp.incoming_composition, hartonomous.relation_incoming or pg_temp.incoming_relation,
-- and the table that evidence_table names; and ends with close_source in the same transaction.
CREATE OR REPLACE FUNCTION hartonomous.open_source(
    p_source_identifier text,
    p_kind text,
    p_fingerprint bytea,
    p_subject_key text DEFAULT NULL
)
RETURNS TABLE (content_id integer, is_new boolean, evidence_table text, relation_table text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_content_id integer;
    v_own boolean := p_kind = 'model';
    v_partition text;
BEGIN
    PERFORM hartonomous.lock_writer();
    IF hartonomous.is_loaded(p_source_identifier, p_kind, p_fingerprint) THEN
        RETURN QUERY
        SELECT c.content_id, FALSE, NULL::text, NULL::text
        FROM hartonomous.content AS c
        WHERE c.source_identifier = p_source_identifier;
        RETURN;
    END IF;
    v_content_id := CASE
        WHEN v_own THEN nextval('hartonomous.content_own_id_seq')
        ELSE nextval('hartonomous.content_shared_id_seq')
    END;
    INSERT INTO hartonomous.content (content_id, source_identifier, kind, subject_id, fingerprint)
    VALUES (
        v_content_id, p_source_identifier, p_kind, hartonomous.ensure_subject(p_subject_key), p_fingerprint
    );
    PERFORM hartonomous.create_incoming_tables();
    INSERT INTO pg_temp.incoming_source (content_id) VALUES (v_content_id);
    IF NOT v_own THEN
        RETURN QUERY SELECT v_content_id, TRUE, 'pg_temp.incoming_evidence', 'pg_temp.incoming_relation';
        RETURN;
    END IF;
    v_partition := 'relation_evidence_' || v_content_id;
    EXECUTE format(
        'CREATE TABLE hartonomous.%I (LIKE hartonomous.relation_evidence INCLUDING CONSTRAINTS,'
        ' CHECK (content_id = %s))',
        v_partition, v_content_id
    );
    PERFORM hartonomous.create_relation_table('relation_incoming');
    IF to_regrole('hartonomous_contributor') IS NOT NULL THEN
        EXECUTE format(
            'GRANT INSERT ON hartonomous.%I, hartonomous.relation_incoming TO hartonomous_contributor', v_partition
        );
    END IF;
    RETURN QUERY SELECT v_content_id, TRUE, 'hartonomous.' || v_partition, 'hartonomous.relation_incoming';
END
$$;

COMMENT ON FUNCTION hartonomous.open_source(text, text, bytea, text) IS
'Starts the load of a source: takes the writer lock, adds its content row and makes the tables to copy into; is_new is false when the same source is there already.';

SELECT hartonomous.restrict_to('hartonomous_contributor', 'hartonomous.open_source(text, text, bytea, text)');
