CREATE OR REPLACE FUNCTION hartonomous_internal.shows_all()
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_given constant text := coalesce(current_setting('hartonomous.below_chance', TRUE), '');
BEGIN
    IF v_given NOT IN ('', 'on', 'off') THEN
        RAISE EXCEPTION 'hartonomous.below_chance is on or off, not %', left(v_given, 80) USING ERRCODE = 'HT004';
    END IF;
    RETURN v_given = 'on';
END
$$;

COMMENT ON FUNCTION hartonomous_internal.shows_all() IS
'Internal: whether the session asked to see what lies below chance too.';
