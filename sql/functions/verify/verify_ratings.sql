-- Ratings are computed, so none can be stale. What can be wrong is what is stored: lists that name
-- what is not there, concepts that nothing names, summaries that are not the sums of their lists.
-- A table that is dropped is gone for older snapshots too, so the lock comes first and then the one
-- statement, whose snapshot is newer: volatile, since a stable function keeps its caller's.
CREATE OR REPLACE FUNCTION hartonomous.verify_ratings()
RETURNS TABLE (problem text, label text, source_identifier text, occurrences bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET work_mem = '256MB'
AS $$
BEGIN
    LOCK TABLE hartonomous.relation_list IN ACCESS SHARE MODE;
    RETURN QUERY
    WITH orphan AS (
        SELECT l.content_id, count(*) AS occurrences
        FROM hartonomous.relation_list AS l
        WHERE NOT EXISTS (SELECT FROM hartonomous.content AS c WHERE c.content_id = l.content_id)
        GROUP BY l.content_id
    ),
    homeless AS (
        SELECT l.content_id, count(*) AS occurrences
        FROM hartonomous.relation_list AS l
        WHERE NOT EXISTS (
            SELECT FROM hartonomous.site AS s
            WHERE s.group_site_id = l.site_id AND s.content_id = l.content_id
        )
        GROUP BY l.content_id
    ),
    dangling AS (
        SELECT o.content_id, count(*) AS occurrences
        FROM (
            SELECT l.content_id, unnest(array_append(l.neighbours, l.composition_number)) AS number
            FROM hartonomous.relation_list AS l
        ) AS o
        WHERE o.number <> 0 AND NOT EXISTS (
            SELECT FROM hartonomous.composition AS c WHERE c.composition_number = o.number
        )
        GROUP BY o.content_id
    )
    SELECT 'list without a source', NULL, NULL, o.occurrences FROM orphan AS o
    UNION ALL
    SELECT 'list without a site', NULL, c.source_identifier, h.occurrences
    FROM homeless AS h
    INNER JOIN hartonomous.content AS c ON c.content_id = h.content_id
    UNION ALL
    SELECT 'number that names no concept', NULL, c.source_identifier, d.occurrences
    FROM dangling AS d
    LEFT JOIN hartonomous.content AS c ON c.content_id = d.content_id
    UNION ALL
    SELECT 'site without evidence', s.position, c.source_identifier, 1
    FROM hartonomous.site AS s
    INNER JOIN hartonomous.content AS c ON c.content_id = s.content_id
    WHERE NOT hartonomous_internal.has_evidence(s)
    UNION ALL
    SELECT 'source without a site', NULL, c.source_identifier, 1
    FROM hartonomous.content AS c
    WHERE NOT EXISTS (SELECT FROM hartonomous.site AS s WHERE s.content_id = c.content_id)
    UNION ALL
    SELECT 'concept without a relation', c.label, NULL, 1
    FROM hartonomous.composition AS c
    WHERE NOT EXISTS (
        SELECT FROM hartonomous.relation_list AS l WHERE l.composition_number = c.composition_number
    )
    UNION ALL
    SELECT 'concept that a source lists and gives no row', c.label, NULL, count(*)
    FROM hartonomous_internal.unlisted_neighbours() AS u
    INNER JOIN hartonomous.composition AS c ON c.composition_number = u.composition_number
    GROUP BY c.label
    UNION ALL
    SELECT r.problem, r.label, r.source_identifier, r.occurrences FROM hartonomous_internal.unsupported_rows() AS r
    UNION ALL
    SELECT 'wrong summary', c.label, NULL, 1
    FROM hartonomous_internal.wrong_summaries() AS w (composition_number)
    LEFT JOIN hartonomous.composition AS c ON c.composition_number = w.composition_number
    UNION ALL
    SELECT
        CASE WHEN r.is_missing THEN 'right that is missing' ELSE 'right that nobody should have' END,
        concat_ws(' ', r.privilege, 'on', r.name, 'for', r.grantee), NULL, 1
    FROM hartonomous_internal.wrong_rights() AS r;
END
$$;

COMMENT ON FUNCTION hartonomous.verify_ratings() IS
'Where what is stored does not hang together, for example after tables were changed around the functions: lists without source, site or concept, concepts and sources that nothing supports, wrong summaries, rights that are not as db migrate states them; no rows when all is right.';

SELECT hartonomous_internal.restrict_to('hartonomous_reader', 'hartonomous.verify_ratings()');
