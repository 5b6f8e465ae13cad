-- Keys forbid these; a restore over a schema that is there, or one that turns keys off, goes around
-- them.
CREATE OR REPLACE FUNCTION hartonomous_internal.unsupported_rows()
RETURNS TABLE (problem text, label text, source_identifier text, occurrences bigint)
LANGUAGE sql STABLE ROWS 10
AS $$
    SELECT 'site without a source', s.position, NULL::text, 1::bigint
    FROM hartonomous.site AS s
    WHERE NOT EXISTS (SELECT FROM hartonomous.content AS c WHERE c.content_id = s.content_id)
    UNION ALL
    SELECT 'source of a person who is not there', NULL, c.source_identifier, 1
    FROM hartonomous.content AS c
    WHERE c.subject_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM hartonomous.subject AS s WHERE s.subject_id = c.subject_id)
    UNION ALL
    SELECT 'person without a source', NULL, NULL, count(*)
    FROM hartonomous.subject AS s
    WHERE NOT EXISTS (SELECT FROM hartonomous.content AS c WHERE c.subject_id = s.subject_id)
    HAVING count(*) > 0
    UNION ALL
    SELECT 'chart without a source', NULL, NULL, count(*)
    FROM hartonomous.source_chart AS h
    WHERE NOT EXISTS (SELECT FROM hartonomous.content AS c WHERE c.content_id = h.content_id)
    HAVING count(*) > 0
    UNION ALL
    SELECT 'place without a chart', NULL, NULL, count(*)
    FROM hartonomous.composition_coordinate AS p
    WHERE NOT EXISTS (SELECT FROM hartonomous.source_chart AS h WHERE h.content_id = p.content_id)
    HAVING count(*) > 0
    UNION ALL
    SELECT 'place without a concept', NULL, NULL, count(*)
    FROM hartonomous.composition_coordinate AS p
    WHERE NOT EXISTS (SELECT FROM hartonomous.composition AS c WHERE c.composition_id = p.composition_id)
    HAVING count(*) > 0
    UNION ALL
    SELECT 'position without a concept', NULL, NULL, count(*)
    FROM hartonomous.composition_position AS p
    WHERE NOT EXISTS (SELECT FROM hartonomous.composition AS c WHERE c.composition_id = p.composition_id)
    HAVING count(*) > 0
    UNION ALL
    SELECT 'position that no source was laid out for', NULL, NULL, count(*)
    FROM hartonomous.composition_position AS p
    WHERE NOT EXISTS (SELECT FROM hartonomous.source_chart)
    HAVING count(*) > 0
$$;

COMMENT ON FUNCTION hartonomous_internal.unsupported_rows() IS
'Internal to verify_ratings: rows whose source, person, chart or concept is not there.';
