-- First step of a load. The caller then copies its concepts into pg_temp.incoming_composition,
-- learns their numbers from number_compositions, adds sites, copies its lists into the table that
-- list_table names, and ends with close_sources, all in one transaction. A source of many
-- observations gets a partition of its own, as long as there are not too many of them.
CREATE OR REPLACE FUNCTION hartonomous.open_source(
    p_source_identifier text,
    p_kind text,
    p_fingerprint bytea,
    p_subject_key text DEFAULT NULL,
    p_observations bigint DEFAULT 0,
    p_expires date DEFAULT NULL
)
RETURNS TABLE (content_id integer, is_new boolean, list_table text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_content_id integer;
    v_is_new boolean;
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_contributor');
    PERFORM hartonomous_internal.require_free_name(p_source_identifier, p_kind, p_subject_key);
    SELECT s.content_id, s.is_new INTO v_content_id, v_is_new FROM hartonomous_internal.start_source(
        p_source_identifier, p_kind, p_fingerprint, p_subject_key, p_observations, p_expires
    ) AS s;
    IF NOT v_is_new THEN
        RETURN QUERY SELECT v_content_id, FALSE, NULL::text;
        RETURN;
    END IF;
    PERFORM hartonomous_internal.create_incoming_tables();
    INSERT INTO pg_temp.incoming_source (content_id) VALUES (v_content_id);
    IF hartonomous_internal.has_own_partition(v_content_id) THEN
        PERFORM hartonomous_internal.create_list_table(v_content_id);
        RETURN QUERY SELECT v_content_id, TRUE, 'hartonomous.relation_list_' || v_content_id;
    ELSE
        RETURN QUERY SELECT v_content_id, TRUE, 'pg_temp.incoming_list';
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous.open_source(text, text, bytea, text, bigint, date) IS
'Starts the load of a source of about so many observations: adds its content row and makes the tables to copy into; is_new is false when the same source is there already, and content_id null when the person is to stay forgotten. From the day p_expires on, forget_expired takes it away.';

SELECT hartonomous_internal.restrict_to('hartonomous_contributor', 'hartonomous.open_source(text, text, bytea, text, bigint, date)');
