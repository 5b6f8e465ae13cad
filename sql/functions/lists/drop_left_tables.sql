CREATE OR REPLACE FUNCTION hartonomous_internal.drop_left_tables()
RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_content_id integer;
    v_dropped integer := 0;
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_editor');
    PERFORM hartonomous.lock_writer();
    FOR v_content_id IN
        SELECT t.content_id
        FROM (
            SELECT substring(k.relname FROM '^relation_list_([0-9]+)$')::integer AS content_id
            FROM pg_inherits AS i
            INNER JOIN pg_class AS k ON k.oid = i.inhrelid
            WHERE i.inhparent = 'hartonomous.relation_list'::regclass
        ) AS t
        WHERE t.content_id IS NOT NULL
            AND NOT EXISTS (SELECT FROM hartonomous.content AS c WHERE c.content_id = t.content_id)
    LOOP
        IF hartonomous_internal.try_drop_list_table(v_content_id) THEN
            v_dropped := v_dropped + 1;
        END IF;
    END LOOP;
    RETURN v_dropped;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.drop_left_tables() IS
'Internal: drops the empty partitions of deleted sources that were being read when these were deleted; returns how many.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous_internal.drop_left_tables()');
