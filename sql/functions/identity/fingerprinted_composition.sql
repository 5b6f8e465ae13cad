CREATE OR REPLACE FUNCTION hartonomous_internal.fingerprinted_composition()
RETURNS TABLE (shard integer, facts bytea)
LANGUAGE sql STABLE
AS $$
    SELECT
        get_byte(c.hash, 0),
        c.hash || hartonomous_internal.framed(VARIADIC ARRAY[c.label, c.kind])
    FROM hartonomous.composition AS c
$$;

COMMENT ON FUNCTION hartonomous_internal.fingerprinted_composition() IS
'Internal to fingerprint_parts: the concepts.';
