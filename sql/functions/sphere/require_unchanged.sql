CREATE OR REPLACE FUNCTION hartonomous_internal.require_unchanged(p_last_change bigint)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF hartonomous_internal.last_change() <> p_last_change THEN
        RAISE EXCEPTION 'what is stored was changed while concepts were laid out, so nothing was aligned: align again'
            USING ERRCODE = 'HT010';
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_unchanged(bigint) IS
'Internal to open_layout: an error where last_change() says something else by now.';
