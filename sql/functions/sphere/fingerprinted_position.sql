CREATE OR REPLACE FUNCTION hartonomous_internal.fingerprinted_position()
RETURNS TABLE (shard integer, facts bytea)
LANGUAGE sql STABLE
AS $$
    SELECT
        get_byte(uuid_send(p.composition_id), 0),
        uuid_send(p.composition_id)
        || float8send(p.x) || float8send(p.y) || float8send(p.z) || float8send(p.w)
    FROM hartonomous.composition_position AS p
$$;

COMMENT ON FUNCTION hartonomous_internal.fingerprinted_position() IS
'Internal to fingerprint_parts: where the substrate puts the concepts.';
