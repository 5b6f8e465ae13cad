CREATE OR REPLACE FUNCTION hartonomous_internal.scope_settings()
RETURNS text[]
LANGUAGE sql STABLE
AS $$
    SELECT ARRAY[
        coalesce(current_setting('hartonomous.sources', TRUE), ''),
        coalesce(current_setting('hartonomous.without', TRUE), ''),
        coalesce(current_setting('hartonomous.as_of', TRUE), '')
    ]
$$;

COMMENT ON FUNCTION hartonomous_internal.scope_settings() IS
'Internal: the settings that are the session''s scope.';
