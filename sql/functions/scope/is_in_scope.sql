-- SQL language, so that it is inlined; most sessions have no scope.
CREATE OR REPLACE FUNCTION hartonomous_internal.is_in_scope(p_content hartonomous.content)
RETURNS boolean
LANGUAGE sql STABLE
AS $$
    SELECT p_content.state = 'live' AND hartonomous_internal.is_seen(p_content.viewers) AND (
        NOT hartonomous_internal.has_scope()
        OR (
            coalesce(p_content.source_identifier = ANY (hartonomous_internal.scope_names('sources')), TRUE)
            AND coalesce(p_content.source_identifier <> ALL (hartonomous_internal.scope_names('without')), TRUE)
            AND coalesce(p_content.created_at < hartonomous_internal.scope_moment(), TRUE)
        )
    )
$$;

COMMENT ON FUNCTION hartonomous_internal.is_in_scope(hartonomous.content) IS
'Internal: whether answers count a source: it is live, who called may see it, and the session''s scope holds it.';
