CREATE OR REPLACE FUNCTION hartonomous_internal.require_loaded()
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous_internal.require_replayed();
    IF hartonomous_internal.has_scope() THEN
        PERFORM hartonomous_internal.require_scope();
        IF NOT EXISTS (SELECT FROM hartonomous.content AS c WHERE hartonomous_internal.is_in_scope(c)) THEN
            RAISE EXCEPTION 'none of the live sources is in scope' USING ERRCODE = 'HT003';
        END IF;
    ELSIF NOT EXISTS (SELECT FROM hartonomous.content AS c WHERE hartonomous_internal.is_in_scope(c)) THEN
        RAISE EXCEPTION 'nothing is loaded yet: hartonomous ingest embeddings PATH brings a model in'
            USING ERRCODE = 'HT003';
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_loaded() IS
'Internal: an error while the database is empty, which says how to fill it.';
