CREATE OR REPLACE FUNCTION hartonomous_internal.leave_scope(p_before text[])
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF p_before IS NOT NULL THEN
        PERFORM hartonomous_internal.set_scope(p_before);
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.leave_scope(text[]) IS
'Internal: undoes what enter_scope did that returned this.';
