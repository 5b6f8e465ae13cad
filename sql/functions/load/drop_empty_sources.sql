-- A site lives exactly as long as it has evidence, and a source as long as it has a site, so
-- that what is stored is a function of the evidence alone.
CREATE OR REPLACE FUNCTION hartonomous.drop_empty_sources(p_content_ids integer[])
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_own integer;
    v_sites integer[];
BEGIN
    FOR v_own IN SELECT i FROM unnest(p_content_ids) AS i WHERE i < 1073741824 LOOP
        v_sites := array(SELECT s.site_id FROM hartonomous.site AS s WHERE s.content_id = v_own);
        -- one pass over the partition, or a look at its first row where there is one site
        CONTINUE WHEN cardinality(v_sites) = 1 AND EXISTS (
            SELECT FROM hartonomous.relation_evidence AS e
            WHERE e.content_id = v_own AND e.site_id = v_sites[1]
        );
        v_sites := array(
            SELECT DISTINCT e.site_id FROM hartonomous.relation_evidence AS e WHERE e.content_id = v_own
        );
        DELETE FROM hartonomous.site AS s WHERE s.content_id = v_own AND s.site_id <> ALL (v_sites);
    END LOOP;
    DELETE FROM hartonomous.site AS s
    WHERE s.content_id = ANY (p_content_ids)
        AND s.content_id >= 1073741824
        AND NOT EXISTS (
            SELECT FROM hartonomous.relation_evidence_shared AS e
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
