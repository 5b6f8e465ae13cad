-- A summary of sources that are not all there any more is out of use, not wrong.
CREATE OR REPLACE FUNCTION hartonomous_internal.wrong_summaries()
RETURNS SETOF integer
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
SET work_mem = '256MB'
AS $$
BEGIN
    RETURN QUERY
    SELECT s.composition_number
    FROM hartonomous.relation_summary AS s
    CROSS JOIN LATERAL (
        SELECT hartonomous_internal.sources_of(s.composition_number, s.relation_type_id, s.content_ids) AS later
    ) AS w
    WHERE hartonomous_internal.are_live(s.content_ids) AND NOT EXISTS (
        SELECT FROM hartonomous_internal.summarise_lists(ARRAY[s.composition_number], s.relation_type_id, w.later) AS n
        WHERE s.neighbours IS NOT NULL AND n IS NOT DISTINCT FROM s
        UNION ALL
        SELECT FROM hartonomous_internal.count_lists(ARRAY[s.composition_number], s.relation_type_id, w.later) AS n
        WHERE s.neighbours IS NULL AND n IS NOT DISTINCT FROM s
    )
    UNION ALL
    SELECT s.composition_number
    FROM hartonomous.relation_summary AS s
    WHERE NOT EXISTS (
        SELECT FROM hartonomous.composition AS c WHERE c.composition_number = s.composition_number
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.wrong_summaries() IS
'Internal to verify_ratings: concepts whose summary is not what its lists add up to.';
