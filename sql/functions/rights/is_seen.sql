-- SQL language, so that it is inlined; most sources are everybody's.
CREATE OR REPLACE FUNCTION hartonomous_internal.is_seen(p_viewers text[])
RETURNS boolean
LANGUAGE sql STABLE
AS $$
    SELECT p_viewers IS NULL OR hartonomous_internal.is_viewer(p_viewers)
$$;

COMMENT ON FUNCTION hartonomous_internal.is_seen(text[]) IS
'Internal: whether who called may see a source with these viewers.';
