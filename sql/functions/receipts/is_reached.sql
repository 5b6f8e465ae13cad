CREATE OR REPLACE FUNCTION hartonomous_internal.is_reached(p_hash bytea)
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN p_hash IS NULL OR EXISTS (
        SELECT FROM hartonomous.audit AS a
        WHERE a.hash = p_hash OR (a.action = 'replay_forgotten' AND a.details ->> 'reached' = encode(p_hash, 'hex'))
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.is_reached(bytea) IS
'Internal to replay_forgotten: whether all up to a deletion was done here, or done again.';
