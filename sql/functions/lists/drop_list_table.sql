-- Dropping a partition needs its parent for a moment. Readers queue behind a lock that waits, so
-- this one never waits long: it lets go, pauses and tries again. Where somebody reads for long (a
-- backup does), or may come back with a snapshot of before, it deletes the rows instead, and
-- drop_left_tables removes the empty table later.
CREATE OR REPLACE FUNCTION hartonomous_internal.drop_list_table(p_content_id integer)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_tries constant integer := 10;
BEGIN
    FOR v_try IN 1..c_tries LOOP
        EXIT WHEN hartonomous_internal.is_remembered_by_others();
        IF hartonomous_internal.try_drop_list_table(p_content_id) THEN
            RETURN;
        END IF;
        PERFORM pg_sleep(0.05);
    END LOOP;
    DELETE FROM hartonomous.relation_list AS l WHERE l.content_id = p_content_id;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.drop_list_table(integer) IS
'Internal: removes all lists of a source that has a partition of its own.';
