CREATE OR REPLACE FUNCTION hartonomous.require_loaded()
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM hartonomous.content AS c WHERE c.state = 'live') THEN
        PERFORM hartonomous.require_replayed();
        RAISE EXCEPTION 'nothing is loaded yet: hartonomous ingest embeddings PATH brings a model in'
            USING ERRCODE = 'HT003';
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous.require_loaded() IS
'Internal: an error while the database is empty, which says how to fill it.';
