-- The first row that holds something of the site answers. It is nearly always among the lists of
-- the source's first concepts, which the index finds; else all rows are looked at.
CREATE OR REPLACE FUNCTION hartonomous_internal.has_evidence(
    p_site hartonomous.site, p_without integer[] DEFAULT '{}'
)
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_first_rows constant integer := 1000;
BEGIN
    RETURN EXISTS (
        SELECT FROM (
            SELECT r.site_id, r.composition_number, r.neighbours
            FROM hartonomous.relation_list AS r
            WHERE r.content_id = p_site.content_id
            ORDER BY r.composition_number
            LIMIT c_first_rows
        ) AS l
        WHERE l.site_id = p_site.group_site_id
            AND l.composition_number <> ALL (p_without)
            AND hartonomous_internal.names_others(l.neighbours, p_site, p_without)
    ) OR EXISTS (
        SELECT FROM hartonomous.relation_list AS l
        WHERE l.content_id = p_site.content_id
            AND l.site_id = p_site.group_site_id
            AND l.composition_number <> ALL (p_without)
            AND hartonomous_internal.names_others(l.neighbours, p_site, p_without)
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.has_evidence(hartonomous.site, integer[]) IS
'Internal: whether a site says anything, that of some concepts left out.';
