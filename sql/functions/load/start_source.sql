-- The first half of open_source. Who says one thing needs no more, and no tables to copy into: each would
-- leave rows in the catalogues.
CREATE OR REPLACE FUNCTION hartonomous_internal.start_source(
    p_source_identifier text,
    p_kind text,
    p_fingerprint bytea,
    p_subject_key text DEFAULT NULL,
    p_observations bigint DEFAULT 0,
    p_expires date DEFAULT NULL
)
RETURNS TABLE (content_id integer, is_new boolean)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    c_large constant bigint := 100000;
    c_most_partitions constant integer := 96;
    v_own constant boolean := coalesce(p_observations, 0) >= c_large AND c_most_partitions > (
        SELECT count(*) FROM hartonomous.content AS c WHERE hartonomous_internal.has_own_partition(c.content_id)
    );
    v_content_id integer;
BEGIN
    PERFORM hartonomous_internal.require_source_facts(p_source_identifier, p_kind, p_fingerprint, p_subject_key, p_expires);
    PERFORM hartonomous.is_loaded(p_source_identifier, p_kind, p_fingerprint);
    PERFORM hartonomous_internal.require_source_of(p_source_identifier, p_subject_key);
    PERFORM hartonomous.lock_loader();
    PERFORM hartonomous_internal.require_replayed();
    IF hartonomous.is_forgotten(p_subject_key) THEN
        RETURN QUERY SELECT NULL::integer, FALSE;
        RETURN;
    END IF;
    IF NOT hartonomous.is_loaded(p_source_identifier, p_kind, p_fingerprint) THEN
        INSERT INTO hartonomous.content (content_id, source_identifier, kind, subject_id, fingerprint, expires)
        VALUES (
            CASE
                WHEN v_own THEN nextval('hartonomous.content_own_id_seq')
                ELSE nextval('hartonomous.content_shared_id_seq')
            END,
            p_source_identifier, p_kind, hartonomous.ensure_subject(p_subject_key), p_fingerprint, p_expires
        )
        ON CONFLICT DO NOTHING
        RETURNING content.content_id INTO v_content_id;
    END IF;
    -- another load may have been quicker
    IF v_content_id IS NULL THEN
        PERFORM hartonomous.is_loaded(p_source_identifier, p_kind, p_fingerprint);
        PERFORM hartonomous_internal.require_source_of(p_source_identifier, p_subject_key);
        RETURN QUERY
        SELECT c.content_id, FALSE
        FROM hartonomous.content AS c
        WHERE c.source_identifier = p_source_identifier;
        RETURN;
    END IF;
    RETURN QUERY SELECT v_content_id, TRUE;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.start_source(text, text, bytea, text, bigint, date) IS
'Internal: adds the content row of a source, once it is known that the caller may and that the name is free.';
