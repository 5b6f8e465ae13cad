CREATE OR REPLACE FUNCTION hartonomous.charted_sources()
RETURNS TABLE (source_identifier text, has_chart boolean)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT c.source_identifier, h.content_id IS NOT NULL
    FROM hartonomous.content AS c
    LEFT JOIN hartonomous.source_chart AS h ON h.content_id = c.content_id
    WHERE c.kind = 'model' AND c.state = 'live'
    ORDER BY c.source_identifier COLLATE "C";
END
$$;

COMMENT ON FUNCTION hartonomous.charted_sources() IS
'The live models, and whether each has a chart on the sphere.';
