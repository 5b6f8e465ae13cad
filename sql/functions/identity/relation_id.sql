CREATE OR REPLACE FUNCTION hartonomous.relation_id(
    p_composition_a_id uuid, p_composition_b_id uuid, p_relation_type text DEFAULT 'related'
)
RETURNS uuid
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    RETURN encode(
        substring(uuid_send(p_composition_a_id) FROM 1 FOR 8)
        || substring(
            hartonomous.blake3(
                uuid_send(p_composition_a_id) || uuid_send(p_composition_b_id)
                || convert_to(p_relation_type, 'UTF8')
            )
            FROM 1 FOR 8
        ),
        'hex'
    )::uuid;
END
$$;

COMMENT ON FUNCTION hartonomous.relation_id(uuid, uuid, text) IS
'Id of the relation from one concept to another: its first half is taken from the first concept.';
