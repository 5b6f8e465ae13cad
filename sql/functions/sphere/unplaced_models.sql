CREATE OR REPLACE FUNCTION hartonomous_internal.unplaced_models()
RETURNS bigint
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT count(*)
    FROM hartonomous.content AS c
    WHERE c.kind = 'model' AND c.state = 'live'
        AND NOT EXISTS (SELECT FROM hartonomous.source_chart AS h WHERE h.content_id = c.content_id)
$$;

COMMENT ON FUNCTION hartonomous_internal.unplaced_models() IS
'Internal: how many live models the layout does not know.';
