CREATE OR REPLACE FUNCTION hartonomous_internal.set_scope(p_settings text[])
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM
        set_config('hartonomous.sources', p_settings[1], TRUE),
        set_config('hartonomous.without', p_settings[2], TRUE),
        set_config('hartonomous.as_of', p_settings[3], TRUE);
END
$$;

COMMENT ON FUNCTION hartonomous_internal.set_scope(text[]) IS
'Internal: makes these settings, as of scope_settings, the scope until the transaction ends.';
