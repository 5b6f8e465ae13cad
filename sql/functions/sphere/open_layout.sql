CREATE OR REPLACE FUNCTION hartonomous.open_layout(p_last_change bigint)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous_internal.refuse_hidden('positions');
    PERFORM hartonomous_internal.require_unchanged(p_last_change);
    PERFORM hartonomous.lock_writer();
    PERFORM hartonomous_internal.require_unchanged(p_last_change);
    PERFORM hartonomous_internal.drop_layout();
END
$$;

COMMENT ON FUNCTION hartonomous.open_layout(bigint) IS
'Takes away the layout on the sphere for a new one that was made of what last_change() stood for: the caller adds its sources with add_chart and copies positions into composition_position, charts into composition_coordinate.';
