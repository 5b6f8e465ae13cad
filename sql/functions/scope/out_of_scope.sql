CREATE OR REPLACE FUNCTION hartonomous_internal.out_of_scope()
RETURNS integer[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT hartonomous_internal.has_scope() THEN
        RETURN hartonomous_internal.quarantined_sources() || hartonomous_internal.hidden_sources();
    END IF;
    RETURN array(SELECT c.content_id FROM hartonomous.content AS c WHERE NOT hartonomous_internal.is_in_scope(c))
        || hartonomous_internal.hidden_sources();
END
$$;

COMMENT ON FUNCTION hartonomous_internal.out_of_scope() IS
'Internal: numbers of the sources that answers leave out: those in quarantine, those that who called may not see, and those that the session''s scope does not hold.';
