CREATE OR REPLACE FUNCTION hartonomous_internal.require_opened(p_content_id integer)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous_internal.require_own_incoming_tables();
    IF NOT EXISTS (SELECT FROM pg_temp.incoming_source AS i WHERE i.content_id = p_content_id) THEN
        RAISE EXCEPTION 'source number % was not opened in this transaction', p_content_id
            USING ERRCODE = 'HT004';
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_opened(integer) IS
'Internal: refuses to add to a source that another load made.';
