CREATE OR REPLACE FUNCTION hartonomous_internal.audited_name(p_content hartonomous.content)
RETURNS text
LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE WHEN p_content.kind = 'model' AND p_content.subject_id IS NULL THEN p_content.source_identifier END
$$;

COMMENT ON FUNCTION hartonomous_internal.audited_name(hartonomous.content) IS
'Internal: the name of a source as far as the audit may have it: names of what isn''t a model, or is a person''s, may be personal.';
