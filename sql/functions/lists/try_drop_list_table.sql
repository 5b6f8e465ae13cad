CREATE OR REPLACE FUNCTION hartonomous_internal.try_drop_list_table(p_content_id integer)
RETURNS boolean
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '20ms'
AS $$
BEGIN
    IF hartonomous_internal.is_remembered_by_others() THEN
        RETURN FALSE;
    END IF;
    LOCK TABLE ONLY hartonomous.relation_list IN ACCESS EXCLUSIVE MODE;
    -- who came while this waited; the error gives the lock back
    IF hartonomous_internal.is_remembered_by_others(p_waiting => TRUE) THEN
        RAISE EXCEPTION USING ERRCODE = 'lock_not_available';
    END IF;
    EXECUTE format('DROP TABLE IF EXISTS hartonomous.%I', 'relation_list_' || p_content_id);
    RETURN TRUE;
EXCEPTION
    -- somebody reads, or this very command does
    WHEN lock_not_available OR deadlock_detected OR object_in_use THEN
        RETURN FALSE;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.try_drop_list_table(integer) IS
'Internal: drops the partition of a source unless somebody is reading; false when somebody is.';
