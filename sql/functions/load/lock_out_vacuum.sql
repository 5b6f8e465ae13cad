-- An exchange that meets a running vacuum would have to wait for its end. This lock ends an
-- automatic one and keeps others away, and hinders neither readers nor writers of rows.
CREATE OR REPLACE FUNCTION hartonomous.lock_out_vacuum()
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    LOCK TABLE hartonomous.relation IN SHARE UPDATE EXCLUSIVE MODE;
END
$$;

COMMENT ON FUNCTION hartonomous.lock_out_vacuum() IS
'Internal: first step of a change that ends with exchange_relation_table.';
