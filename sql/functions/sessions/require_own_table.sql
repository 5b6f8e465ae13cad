-- A session may put anything into its temporary schema; only tables that this owner made are
-- read, or a view with someone else's functions would run with the owner's rights.
CREATE OR REPLACE FUNCTION hartonomous_internal.require_own_table(p_name text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_class AS c
        WHERE c.relnamespace = pg_my_temp_schema()
            AND c.relname = p_name
            AND c.relkind = 'r'
            AND c.relowner = (SELECT r.oid FROM pg_roles AS r WHERE r.rolname = current_user)
    ) THEN
        RAISE EXCEPTION 'no load is open in this transaction: begin with open_source' USING ERRCODE = 'HT004';
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_own_table(text) IS
'Internal: refuses a temporary table that this owner did not make.';
