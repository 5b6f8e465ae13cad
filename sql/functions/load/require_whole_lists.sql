-- What was copied is looked at before it counts: it is of the sources and sites that were opened.
-- What another role than the owner copied is looked at number by number too. (The owner's own loads
-- see to that, and looking costs as much as they do.)
CREATE OR REPLACE FUNCTION hartonomous_internal.require_whole_lists(p_content_ids integer[])
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET work_mem = '64MB'
AS $$
BEGIN
    IF EXISTS (
        SELECT FROM pg_temp.incoming_list AS l WHERE l.content_id <> ALL (p_content_ids)
    ) OR EXISTS (
        SELECT FROM (
            SELECT DISTINCT l.content_id, l.site_id, l.relation_type_id
            FROM hartonomous.relation_list AS l
            WHERE l.content_id = ANY (p_content_ids)
        ) AS u
        LEFT JOIN hartonomous.site AS s ON s.group_site_id = u.site_id AND s.content_id = u.content_id
        LEFT JOIN hartonomous.relation_type AS t ON t.relation_type_id = u.relation_type_id
        WHERE s.site_id IS NULL OR t.relation_type_id IS NULL
    ) THEN
        RAISE EXCEPTION 'the evidence names a source, a site or a type that this load did not open'
            USING ERRCODE = 'HT004';
    END IF;
    IF pg_has_role(session_user, current_user, 'USAGE') THEN
        RETURN;
    END IF;
    PERFORM hartonomous_internal.require_foreign_lists(p_content_ids);
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_whole_lists(integer[]) IS
'Internal to close_sources: refuses lists of other sources, and those that nobody could have mined.';
