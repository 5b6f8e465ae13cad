CREATE OR REPLACE FUNCTION hartonomous_internal.fingerprint_if_wanted(p_wanted boolean)
RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_small constant integer := 50000;
BEGIN
    IF coalesce(p_wanted, (
        SELECT coalesce(sum(l.evidence), 0) <= c_small
        FROM (
            -- every list holds at least one piece of evidence, or is needed by one that does
            SELECT cardinality(r.neighbours) AS evidence FROM hartonomous.relation_list AS r LIMIT c_small
        ) AS l
    )) THEN
        RETURN hartonomous.substrate_fingerprint();
    END IF;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.fingerprint_if_wanted(boolean) IS
'Internal: the fingerprint when it is wanted or, for null, when there are at most 50,000 pieces of evidence; else null.';
