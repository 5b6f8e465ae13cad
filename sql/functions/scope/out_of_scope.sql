CREATE OR REPLACE FUNCTION hartonomous_internal.out_of_scope()
RETURNS integer[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- who may not see a source doesn't see its content row either, unless a function of the owner's asks
    RETURN hartonomous_internal.hidden_sources() || CASE
        WHEN hartonomous_internal.has_scope() THEN
            array(SELECT c.content_id FROM hartonomous.content AS c WHERE NOT hartonomous_internal.is_in_scope(c))
        ELSE hartonomous_internal.quarantined_sources()
    END;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.out_of_scope() IS
'Internal: numbers of the sources that answers leave out: those in quarantine, those that who called may not see, and those that the session''s scope does not hold.';
