CREATE OR REPLACE FUNCTION hartonomous_internal.fingerprinted_forgotten()
RETURNS TABLE (shard integer, facts bytea)
LANGUAGE sql STABLE
AS $$
    SELECT NULL::integer, f.hash FROM hartonomous.forgotten_composition AS f
$$;

COMMENT ON FUNCTION hartonomous_internal.fingerprinted_forgotten() IS
'Internal to fingerprint_parts: what may not come back.';
