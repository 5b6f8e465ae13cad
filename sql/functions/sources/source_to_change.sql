CREATE OR REPLACE FUNCTION hartonomous_internal.source_to_change(p_source text)
RETURNS hartonomous.content
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- once before others are waited for, and once with what they leave
    PERFORM hartonomous_internal.require_source(p_source);
    PERFORM hartonomous.lock_writer();
    RETURN hartonomous_internal.require_source(p_source);
END
$$;

COMMENT ON FUNCTION hartonomous_internal.source_to_change(text) IS
'Internal: the content row of a source, which nobody else changes until the transaction ends; an error where it is not there.';
