-- For the rest of a function that answers, whose last step is leave_scope; an error takes it back too.
CREATE OR REPLACE FUNCTION hartonomous_internal.enter_scope(p_sources text[], p_without text[], p_as_of text)
RETURNS text[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_before constant text[] := hartonomous_internal.scope_settings();
BEGIN
    IF p_sources IS NULL AND p_without IS NULL AND p_as_of IS NULL THEN
        RETURN NULL;
    ELSIF array_ndims(p_sources) > 1 OR array_ndims(p_without) > 1 THEN
        RAISE EXCEPTION 'a scope names sources in one list' USING ERRCODE = 'HT004';
    ELSIF array_position(p_sources || p_without, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'a scope names sources, not null' USING ERRCODE = 'HT004';
    END IF;
    PERFORM hartonomous_internal.set_scope(ARRAY[
        coalesce(p_sources::text, v_before[1]), coalesce(p_without::text, v_before[2]), coalesce(p_as_of, v_before[3])
    ]);
    PERFORM hartonomous_internal.require_scope();
    RETURN v_before;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.enter_scope(text[], text[], text) IS
'Internal: lets answers count these sources instead of those of the session''s scope, where they are given; returns what was set before, null when nothing was given.';
