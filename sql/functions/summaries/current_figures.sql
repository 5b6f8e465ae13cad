-- A summary counts here when it covers just the live sources that name its concept.
CREATE OR REPLACE FUNCTION hartonomous_internal.current_figures(
    OUT relations bigint, OUT composition_numbers integer[], OUT others integer[]
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET jit = off
SET work_mem = '64MB'
AS $$
DECLARE
    v_live constant integer[] := array(
        SELECT c.content_id FROM hartonomous.content AS c WHERE hartonomous_internal.is_in_scope(c) ORDER BY c.content_id
    );
BEGIN
    relations := 0;
    IF NOT EXISTS (SELECT FROM hartonomous.relation_summary) THEN
        RETURN;
    END IF;
    WITH held AS (
        SELECT d.composition_number, d.relation_type_id, array_agg(d.content_id ORDER BY d.content_id) AS content_ids
        FROM (
            SELECT DISTINCT l.composition_number, l.relation_type_id, l.content_id
            FROM hartonomous.relation_list AS l
            WHERE l.content_id = ANY (v_live)
        ) AS d
        GROUP BY d.composition_number, d.relation_type_id
    ),
    known AS (
        SELECT h.composition_number, sum(s.relation_count) AS relations, bool_and(s.content_ids IS NOT NULL) AS is_current
        FROM held AS h
        LEFT JOIN hartonomous.relation_summary AS s
            ON s.composition_number = h.composition_number
                AND s.relation_type_id = h.relation_type_id
                AND s.content_ids = h.content_ids
        GROUP BY h.composition_number
    )
    SELECT
        coalesce(sum(k.relations) FILTER (WHERE k.is_current), 0),
        coalesce(array_agg(k.composition_number) FILTER (WHERE k.is_current), '{}'),
        coalesce(array_agg(k.composition_number) FILTER (WHERE NOT k.is_current), '{}')
    INTO relations, composition_numbers, others
    FROM known AS k;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.current_figures() IS
'Internal: which concepts have summaries of just the live sources that name them, how many relations these count, and which concepts have to be looked at; all null where there are no summaries.';
