-- A session may put anything into its temporary schema; only tables that this owner made are
-- read, or a view with someone else's functions would run with the owner's rights.
CREATE OR REPLACE FUNCTION hartonomous.require_own_incoming_tables()
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF (
        SELECT count(*) FROM pg_class AS c
        WHERE c.relnamespace = pg_my_temp_schema()
            AND c.relname IN (
                'incoming_source', 'incoming_composition', 'incoming_relation', 'incoming_evidence'
            )
            AND c.relkind = 'r'
            AND c.relowner = (SELECT r.oid FROM pg_roles AS r WHERE r.rolname = current_user)
    ) <> 4 THEN
        RAISE EXCEPTION 'no load is open in this transaction: begin with open_source' USING ERRCODE = 'HT004';
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous.require_own_incoming_tables() IS
'Internal: refuses to go on when open_source did not make the tables to copy into.';
