-- A site lives exactly as long as it has evidence, and a source as long as it has a site, so
-- that what is stored is a function of the evidence alone.
CREATE OR REPLACE FUNCTION hartonomous.drop_empty_sources(p_content_ids integer[])
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    DELETE FROM hartonomous.site AS s
    WHERE s.content_id = ANY (p_content_ids)
        AND NOT EXISTS (
            SELECT FROM hartonomous.relation_evidence AS e
            WHERE e.content_id = s.content_id AND e.site_id = s.site_id
        );
    PERFORM hartonomous.delete_contents(array(
        SELECT c.content_id FROM hartonomous.content AS c
        WHERE c.content_id = ANY (p_content_ids)
            AND NOT EXISTS (SELECT FROM hartonomous.site AS s WHERE s.content_id = c.content_id)
    ));
END
$$;

COMMENT ON FUNCTION hartonomous.drop_empty_sources(integer[]) IS
'Internal: removes the sites, and then the sources, that have no evidence.';
