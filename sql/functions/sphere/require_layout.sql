CREATE OR REPLACE FUNCTION hartonomous_internal.require_layout()
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous_internal.refuse_scope('positions');
    IF NOT hartonomous_internal.layout_stands() THEN
        RAISE EXCEPTION 'positions are due: hartonomous align lays out the concepts of all live models'
            USING ERRCODE = 'HT003';
    END IF;
    PERFORM hartonomous_internal.say_due();
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_layout() IS
'Internal: an error where there are no positions, or none of the sources that are live.';
