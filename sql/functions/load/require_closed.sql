-- Asked at commit: a source that nobody closed would be there without its lists, and its name taken.
CREATE OR REPLACE FUNCTION hartonomous_internal.require_closed()
RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_probe constant integer := 0;
BEGIN
    PERFORM hartonomous_internal.require_own_table('incoming_source');
    IF NEW.content_id = c_probe THEN
        DELETE FROM pg_temp.incoming_source AS i WHERE i.content_id = c_probe;
        RETURN NULL;
    ELSIF EXISTS (SELECT FROM pg_temp.incoming_source AS i WHERE i.content_id = NEW.content_id) THEN
        RAISE EXCEPTION 'a load ends with close_sources, so nothing was loaded' USING ERRCODE = 'HT004';
    END IF;
    IF hartonomous_internal.has_own_partition(NEW.content_id) THEN
        -- a row that is asked about at once says that this isn't the commit: who goes on would keep
        -- every reader waiting
        INSERT INTO pg_temp.incoming_source (content_id) VALUES (c_probe) ON CONFLICT DO NOTHING;
        IF NOT EXISTS (SELECT FROM pg_temp.incoming_source AS i WHERE i.content_id = c_probe) THEN
            RAISE EXCEPTION 'whether a load is closed is asked at commit, so nothing was loaded' USING ERRCODE = 'HT004';
        END IF;
        PERFORM hartonomous_internal.exclude_planned_statements();
    END IF;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_closed() IS
'Internal: refuses to commit a load that was opened and not closed.';

SELECT hartonomous_internal.restrict_to('hartonomous_contributor', 'hartonomous_internal.require_closed()');
