CREATE OR REPLACE FUNCTION hartonomous_internal.has_scope()
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT concat(
        current_setting('hartonomous.sources', TRUE),
        current_setting('hartonomous.without', TRUE),
        current_setting('hartonomous.as_of', TRUE)
    ) <> ''
$$;

COMMENT ON FUNCTION hartonomous_internal.has_scope() IS
'Internal: whether the session asks a part of the sources alone.';
