CREATE OR REPLACE FUNCTION hartonomous_internal.require_snapshot(p_name text)
RETURNS integer
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_id integer := (
        SELECT s.rating_snapshot_id FROM hartonomous.rating_snapshot AS s WHERE s.name = p_name
    );
BEGIN
    IF v_id IS NULL THEN
        PERFORM hartonomous_internal.refuse_unknown('snapshot', p_name, array(
            SELECT s.name FROM hartonomous.rating_snapshot AS s
        ));
    END IF;
    RETURN v_id;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_snapshot(text) IS
'Internal: number of a snapshot; an error that names near matches.';
