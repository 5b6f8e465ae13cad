CREATE OR REPLACE FUNCTION hartonomous.source_overlap(
    exact boolean DEFAULT FALSE,
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS TABLE (
    source_identifier text,
    other_identifier text,
    shared bigint,
    known bigint,
    other_known bigint,
    overlap double precision
)
LANGUAGE plpgsql STABLE ROWS 30
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
BEGIN
    IF source_overlap.exact IS NULL THEN
        RAISE EXCEPTION 'exact is true or false' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM hartonomous_internal.require_scope();
    RETURN QUERY
    WITH live AS MATERIALIZED (
        SELECT c.content_id, c.source_identifier COLLATE "C" AS name
        FROM hartonomous_internal.voting_sites() AS v
        INNER JOIN hartonomous.content AS c ON c.content_id = v.content_id AND hartonomous_internal.is_in_scope(c)
    ),
    counted AS MATERIALIZED (
        SELECT p.content_id, p.other_id, p.shared, p.known
        FROM hartonomous.source_pair AS p
        WHERE NOT source_overlap.exact
        UNION ALL
        SELECT p.content_id, p.other_id, p.shared, p.known
        FROM hartonomous_internal.count_source_pairs(
            CASE WHEN source_overlap.exact THEN array(SELECT l.content_id FROM live AS l) ELSE '{}' END, 256
        ) AS p
    )
    SELECT
        a.name::text, b.name::text, coalesce(p.shared, 0), coalesce(p.known, 0), coalesce(q.known, 0),
        coalesce(p.shared / nullif(sqrt(p.known::double precision * q.known::double precision), 0), 0)
    FROM live AS a
    INNER JOIN live AS b ON a.name < b.name
    LEFT JOIN counted AS p ON p.content_id = a.content_id AND p.other_id = b.content_id
    LEFT JOIN counted AS q ON q.content_id = b.content_id AND q.other_id = a.content_id
    ORDER BY 6 DESC, a.name, b.name;
    PERFORM hartonomous_internal.leave_scope(v_scope);
END
$$;

COMMENT ON FUNCTION hartonomous.source_overlap(boolean, text[], text[], text) IS
'How far the first ten neighbours of all pairs of live sources that vote agree: pairs both list, pairs of each whose concepts the other knows, and shared / sqrt(known * other_known); of an eighth of all concepts, or with exact of all.';
