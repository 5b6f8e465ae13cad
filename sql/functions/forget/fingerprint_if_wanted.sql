CREATE OR REPLACE FUNCTION hartonomous.fingerprint_if_wanted(p_wanted boolean)
RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_small constant integer := 50000;
BEGIN
    IF coalesce(p_wanted, (
        SELECT count(*) <= c_small
        FROM (SELECT FROM hartonomous.relation_evidence LIMIT c_small + 1) AS e
    )) THEN
        RETURN hartonomous.substrate_fingerprint();
    END IF;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION hartonomous.fingerprint_if_wanted(boolean) IS
'Internal: the fingerprint when it is wanted or, for null, when there are at most 50,000 pieces of evidence; else null.';
