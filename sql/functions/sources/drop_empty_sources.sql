-- A site lives exactly as long as it has evidence, and a source as long as it has a site, so
-- that what is stored is a function of the evidence alone.
CREATE OR REPLACE FUNCTION hartonomous_internal.drop_empty_sources(p_content_ids integer[])
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_groups integer[];
    v_subjects integer[];
BEGIN
    WITH gone AS (
        DELETE FROM hartonomous.site AS s
        WHERE s.content_id = ANY (p_content_ids) AND NOT hartonomous_internal.has_evidence(s)
        RETURNING s.group_site_id
    )
    SELECT array_agg(g.group_site_id) INTO v_groups FROM gone AS g;
    IF v_groups IS NOT NULL THEN
        PERFORM hartonomous_internal.rehouse_rows(p_content_ids, v_groups);
    END IF;
    WITH gone AS (
        DELETE FROM hartonomous.content AS c
        WHERE c.content_id = ANY (p_content_ids)
            AND NOT EXISTS (SELECT FROM hartonomous.site AS s WHERE s.content_id = c.content_id)
        RETURNING c.subject_id
    )
    SELECT array_agg(g.subject_id) INTO v_subjects FROM gone AS g;
    PERFORM hartonomous_internal.drop_empty_subjects(v_subjects);
END
$$;

COMMENT ON FUNCTION hartonomous_internal.drop_empty_sources(integer[]) IS
'Internal: removes the sites, and then the sources, that have no evidence.';
