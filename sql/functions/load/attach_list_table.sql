CREATE OR REPLACE FUNCTION hartonomous_internal.attach_list_table(p_content_id integer)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET maintenance_work_mem = '256MB'
AS $$
DECLARE
    c_tries constant integer := 100;
    v_table constant text := 'relation_list_' || p_content_id;
    v_is_empty boolean;
BEGIN
    IF to_regrole('hartonomous_contributor') IS NOT NULL THEN
        EXECUTE format('REVOKE INSERT ON hartonomous.%I FROM hartonomous_contributor', v_table);
    END IF;
    EXECUTE format('SELECT NOT EXISTS (SELECT FROM hartonomous.%I)', v_table) INTO v_is_empty;
    IF v_is_empty THEN
        EXECUTE format('DROP TABLE hartonomous.%I', v_table);
        RETURN;
    END IF;
    EXECUTE format(
        'ALTER TABLE hartonomous.%I'
        ' ADD PRIMARY KEY (composition_number, content_id, site_id, relation_type_id)',
        v_table
    );
    EXECUTE format('ANALYZE hartonomous.%I', v_table);
    -- A load that ends just now waits for this one for a moment (exclude_planned_statements), and
    -- whoever comes to wait for it then is told of a deadlock at once.
    FOR v_try IN 1..c_tries LOOP
        BEGIN
            LOCK TABLE ONLY hartonomous.relation_list IN SHARE UPDATE EXCLUSIVE MODE;
            EXIT;
        EXCEPTION
            WHEN deadlock_detected THEN
                PERFORM pg_sleep(0.02);
        END;
    END LOOP;
    EXECUTE format(
        'ALTER TABLE hartonomous.relation_list ATTACH PARTITION hartonomous.%I FOR VALUES FROM (%s) TO (%s)',
        v_table, p_content_id, p_content_id + 1
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.attach_list_table(integer) IS
'Internal to close_sources: makes the table that a large source was copied into its partition.';
