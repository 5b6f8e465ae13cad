CREATE OR REPLACE FUNCTION hartonomous_internal.fingerprinted_coordinate()
RETURNS TABLE (shard integer, facts bytea)
LANGUAGE sql STABLE
AS $$
    SELECT
        get_byte(uuid_send(p.composition_id), 0),
        uuid_send(p.composition_id) || sha256(convert_to(c.source_identifier, 'UTF8'))
        || float8send(p.x) || float8send(p.y) || float8send(p.z) || float8send(p.w)
    FROM hartonomous.composition_coordinate AS p
    INNER JOIN hartonomous.content AS c ON c.content_id = p.content_id
$$;

COMMENT ON FUNCTION hartonomous_internal.fingerprinted_coordinate() IS
'Internal to fingerprint_parts: where each source puts its concepts.';
