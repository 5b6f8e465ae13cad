CREATE OR REPLACE FUNCTION hartonomous.create_relation_table(p_name text)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format(
        'CREATE TABLE hartonomous.%I ('
        'LIKE hartonomous.relation INCLUDING CONSTRAINTS INCLUDING GENERATED'
        ') WITH (fillfactor = 90)',
        p_name
    );
END
$$;

COMMENT ON FUNCTION hartonomous.create_relation_table(text) IS
'Internal: an empty table with the columns and checks of relation, still without indexes.';
