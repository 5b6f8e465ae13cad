-- Where and how it is stored is the owner's affair, whatever the caller has set. With the check, attaching it needs to read no row.
CREATE OR REPLACE FUNCTION hartonomous_internal.create_list_table(p_content_id integer)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET default_tablespace = ''
SET temp_tablespaces = ''
SET default_table_access_method = 'heap'
AS $$
DECLARE
    v_table constant text := 'relation_list_' || p_content_id;
BEGIN
    EXECUTE format(
        'CREATE TABLE hartonomous.%I (LIKE hartonomous.relation_list INCLUDING CONSTRAINTS INCLUDING DEFAULTS,'
        ' CHECK (content_id = %s))',
        v_table, p_content_id
    );
    EXECUTE format(
        'ALTER TABLE hartonomous.%I'
        ' ALTER COLUMN neighbours SET STATISTICS 0, ALTER COLUMN weights SET STATISTICS 0',
        v_table
    );
    IF to_regrole('hartonomous_contributor') IS NOT NULL THEN
        EXECUTE format('GRANT INSERT ON hartonomous.%I TO hartonomous_contributor', v_table);
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.create_list_table(integer) IS
'Internal to open_source: the table that is to become a large source''s partition.';
