CREATE OR REPLACE FUNCTION hartonomous_internal.refuse_snapshot(p_name text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM hartonomous.rating_snapshot AS s WHERE s.name = p_name) THEN
        RAISE EXCEPTION 'there is a snapshot % already', left(p_name, 80) USING ERRCODE = 'HT001';
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.refuse_snapshot(text) IS
'Internal to snapshot_ratings: an error where there is a snapshot of this name.';
