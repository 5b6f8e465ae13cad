-- Temporary tables of the function's owner: whoever loads may fill them and nothing else.
CREATE OR REPLACE FUNCTION hartonomous_internal.create_incoming_tables()
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET default_tablespace = ''
SET temp_tablespaces = ''
SET default_table_access_method = 'heap'
AS $$
BEGIN
    IF to_regclass('pg_temp.incoming_source') IS NOT NULL THEN
        PERFORM hartonomous_internal.require_own_incoming_tables();
        RETURN;
    END IF;
    CREATE TEMP TABLE incoming_source (content_id integer PRIMARY KEY) ON COMMIT DROP;
    CREATE TEMP TABLE incoming_composition (
        place integer NOT NULL, hash bytea NOT NULL, label text NOT NULL, kind text NOT NULL
    ) ON COMMIT DROP;
    CREATE TEMP TABLE incoming_list (LIKE hartonomous.relation_list INCLUDING CONSTRAINTS INCLUDING DEFAULTS) ON COMMIT DROP;
    CREATE CONSTRAINT TRIGGER require_closed AFTER INSERT ON pg_temp.incoming_source
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION hartonomous_internal.require_closed();
    IF to_regrole('hartonomous_contributor') IS NOT NULL THEN
        GRANT INSERT ON pg_temp.incoming_composition, pg_temp.incoming_list TO hartonomous_contributor;
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.create_incoming_tables() IS
'Internal to open_source: the tables to copy into, which live until the transaction ends.';
