CREATE OR REPLACE FUNCTION hartonomous_internal.fingerprinted_screened_site()
RETURNS TABLE (shard integer, facts bytea)
LANGUAGE sql STABLE
AS $$
    SELECT NULL::integer, hartonomous_internal.framed(VARIADIC ARRAY[c.source_identifier, s.position, s.signal::text])
    FROM hartonomous.screened_site AS s
    INNER JOIN hartonomous.content AS c ON c.content_id = s.content_id
$$;

COMMENT ON FUNCTION hartonomous_internal.fingerprinted_screened_site() IS
'Internal to fingerprint_parts: the sites that were left out.';
