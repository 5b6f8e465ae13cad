CREATE OR REPLACE FUNCTION hartonomous_internal.digest_of(p_deletions jsonb)
RETURNS text
LANGUAGE sql IMMUTABLE
AS $$
    SELECT encode(sha256(convert_to((p_deletions - 'digest')::text, 'UTF8')), 'hex')
$$;

COMMENT ON FUNCTION hartonomous_internal.digest_of(jsonb) IS
'Internal: SHA-256 of a file of deletions, but of the digest in it.';
