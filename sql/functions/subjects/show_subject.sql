CREATE OR REPLACE FUNCTION hartonomous.show_subject(subject text)
RETURNS TABLE (
    source_identifier text,
    kind text,
    state text,
    site_count bigint,
    evidence_count bigint,
    concept_count bigint,
    created_at timestamptz,
    expires date
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_editor');
    PERFORM hartonomous_internal.require_replayed();
    PERFORM hartonomous_internal.hold_lists();
    RETURN QUERY
    SELECT
        c.source_identifier, c.kind, c.state,
        (SELECT count(*) FROM hartonomous.site AS p WHERE p.content_id = c.content_id),
        hartonomous_internal.count_observations(ARRAY[c.content_id]),
        cardinality(hartonomous_internal.named_compositions(ARRAY[c.content_id]))::bigint,
        c.created_at, c.expires
    FROM unnest(hartonomous_internal.contents_of_subject(show_subject.subject)) AS o (content_id)
    INNER JOIN hartonomous.content AS c ON c.content_id = o.content_id
    ORDER BY c.created_at, c.source_identifier COLLATE "C";
END
$$;

COMMENT ON FUNCTION hartonomous.show_subject(text) IS
'The sources that are held of a person, quarantined ones too, with their size. The key is matched exactly.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous.show_subject(text)');
