CREATE OR REPLACE FUNCTION hartonomous_internal.require_own_incoming_tables()
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous_internal.require_own_table(t.name)
    FROM unnest(ARRAY['incoming_source', 'incoming_composition', 'incoming_list']) AS t (name);
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_own_incoming_tables() IS
'Internal: refuses to go on when open_source did not make the tables to copy into.';
