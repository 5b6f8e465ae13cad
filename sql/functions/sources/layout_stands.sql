-- Who may not see a source of it sees nothing of the layout.
CREATE OR REPLACE FUNCTION hartonomous_internal.layout_stands()
RETURNS boolean
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT cardinality(hartonomous_internal.hidden_sources()) = 0
        AND EXISTS (SELECT FROM hartonomous.source_chart)
        AND NOT EXISTS (
            SELECT FROM hartonomous.source_chart AS h
            LEFT JOIN hartonomous.content AS c ON c.content_id = h.content_id
            WHERE c.state IS DISTINCT FROM 'live'
        )
$$;

COMMENT ON FUNCTION hartonomous_internal.layout_stands() IS
'Internal: whether there is a layout and all its sources are live.';
