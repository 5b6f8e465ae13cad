CREATE OR REPLACE FUNCTION hartonomous_internal.require_source_of(p_source_identifier text, p_subject_key text)
RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF EXISTS (
        SELECT FROM hartonomous.content AS c
        WHERE c.source_identifier = p_source_identifier AND NOT hartonomous_internal.is_seen(c.viewers)
    ) THEN
        RAISE EXCEPTION 'the source name % is taken', left(p_source_identifier, 80) USING ERRCODE = 'HT001';
    ELSIF p_subject_key IS NOT NULL AND EXISTS (
        SELECT FROM hartonomous.content AS c
        LEFT JOIN hartonomous.subject AS s ON s.subject_id = c.subject_id
        WHERE c.source_identifier = p_source_identifier
            AND s.subject_key IS DISTINCT FROM hartonomous_internal.trimmed_key(p_subject_key)
    ) THEN
        RAISE EXCEPTION 'the source is not that person''s: name another source' USING ERRCODE = 'HT001';
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_source_of(text, text) IS
'Internal: an error where a source is there already and is nobody''s, another person''s, or not for who called to see.';

SELECT hartonomous_internal.restrict_to('hartonomous_contributor', 'hartonomous_internal.require_source_of(text, text)');
