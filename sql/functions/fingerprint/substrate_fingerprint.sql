CREATE OR REPLACE FUNCTION hartonomous.substrate_fingerprint()
RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT encode(sha256(coalesce(
            string_agg(hartonomous_internal.framed(VARIADIC ARRAY[p.part]) || p.digest, ''::bytea ORDER BY p.part COLLATE "C"),
            ''::bytea
        )), 'hex')
        FROM hartonomous.fingerprint_parts() AS p
    );
END
$$;

COMMENT ON FUNCTION hartonomous.substrate_fingerprint() IS
'SHA-256 of the whole logical state in hexadecimal: two databases that know the same have the same, in whatever order they learned it.';
