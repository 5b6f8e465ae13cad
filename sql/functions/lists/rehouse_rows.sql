-- The empty rows of a site that goes: where it was the only one of a concept that the source still
-- names, it moves to a site that stays.
CREATE OR REPLACE FUNCTION hartonomous_internal.rehouse_rows(p_content_ids integer[], p_groups integer[])
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_gone constant integer[] := array(
        SELECT g.id FROM unnest(p_groups) AS g (id)
        WHERE NOT EXISTS (SELECT FROM hartonomous.site AS s WHERE s.group_site_id = g.id)
    );
BEGIN
    DELETE FROM hartonomous.relation_list AS l
    WHERE l.content_id = ANY (p_content_ids)
        AND l.site_id = ANY (v_gone)
        AND EXISTS (
            SELECT FROM hartonomous.relation_list AS o
            WHERE o.composition_number = l.composition_number
                AND o.content_id = l.content_id
                AND o.site_id <> ALL (v_gone)
        );
    UPDATE hartonomous.relation_list AS l SET site_id = s.site_id
    FROM (
        SELECT p.content_id, min(p.group_site_id) AS site_id
        FROM hartonomous.site AS p
        WHERE p.content_id = ANY (p_content_ids)
        GROUP BY p.content_id
    ) AS s
    WHERE l.content_id = s.content_id
        AND l.site_id = ANY (v_gone)
        AND l.site_id = (
            SELECT min(o.site_id) FROM hartonomous.relation_list AS o
            WHERE o.composition_number = l.composition_number
                AND o.content_id = l.content_id
                AND o.relation_type_id = l.relation_type_id
        );
    DELETE FROM hartonomous.relation_list AS l
    WHERE l.content_id = ANY (p_content_ids) AND l.site_id = ANY (v_gone);
END
$$;

COMMENT ON FUNCTION hartonomous_internal.rehouse_rows(integer[], integer[]) IS
'Internal to drop_empty_sources: removes the rows of sites that went, or moves them to sites that stay.';
