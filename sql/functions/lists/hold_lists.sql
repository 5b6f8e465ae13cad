-- While it is held no partition is dropped; what is read after it in one statement is of one moment.
CREATE OR REPLACE FUNCTION hartonomous_internal.hold_lists()
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    LOCK TABLE ONLY hartonomous.relation_list IN ACCESS SHARE MODE;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.hold_lists() IS
'Internal: lets no partition of lists be dropped until the transaction ends; for what reads lists beside other tables and has to be of one moment.';
