CREATE OR REPLACE FUNCTION hartonomous.list_subjects(max_results integer DEFAULT 1000)
RETURNS TABLE (
    subject_key text,
    source_count bigint,
    evidence_count bigint,
    first_loaded timestamptz,
    last_loaded timestamptz,
    next_expiry date
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_editor');
    PERFORM hartonomous_internal.require_replayed();
    PERFORM hartonomous_internal.require_positive('max_results', list_subjects.max_results);
    PERFORM hartonomous_internal.hold_lists();
    RETURN QUERY
    SELECT
        s.subject_key, count(*), hartonomous_internal.count_observations(array_agg(c.content_id)),
        min(c.created_at), max(c.created_at), min(c.expires)
    FROM hartonomous.subject AS s
    INNER JOIN hartonomous.content AS c ON c.subject_id = s.subject_id
    GROUP BY s.subject_id
    ORDER BY s.subject_key COLLATE "C"
    LIMIT list_subjects.max_results;
END
$$;

COMMENT ON FUNCTION hartonomous.list_subjects(integer) IS
'The persons of whom something is held, by their keys, with how much it is, when it came and when the first of it expires.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous.list_subjects(integer)');
