CREATE OR REPLACE FUNCTION hartonomous_internal.sources_that_go(p_content_ids integer[])
RETURNS text[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_shown constant integer := 1000;
BEGIN
    RETURN array(
        SELECT c.source_identifier FROM hartonomous.content AS c
        WHERE c.content_id = ANY (p_content_ids)
        ORDER BY c.source_identifier COLLATE "C"
        LIMIT c_shown
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.sources_that_go(integer[]) IS
'Internal to previews: the first 1,000 names of sources, by their letters.';
