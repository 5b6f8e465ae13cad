CREATE OR REPLACE FUNCTION hartonomous.placed_sources()
RETURNS TABLE (source_identifier text, is_placed boolean, has_chart boolean)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_stands constant boolean := hartonomous_internal.layout_stands();
BEGIN
    RETURN QUERY
    SELECT c.source_identifier, v_stands AND h.content_id IS NOT NULL,
        v_stands AND h.content_id IS NOT NULL AND (h.residual IS NOT NULL OR h.concepts = 0)
    FROM hartonomous.content AS c
    LEFT JOIN hartonomous.source_chart AS h ON h.content_id = c.content_id
    WHERE c.kind = 'model' AND c.state = 'live'
    ORDER BY c.source_identifier COLLATE "C";
END
$$;

COMMENT ON FUNCTION hartonomous.placed_sources() IS
'The live models, whether the layout on the sphere knows each, and whether its own chart is there if it can have one.';
