CREATE OR REPLACE FUNCTION hartonomous_internal.blake3_block(p_data bytea, p_offset integer)
RETURNS bigint[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    v_block bytea := substring(p_data FROM p_offset + 1 FOR 64);
    v_words bigint[] := '{}';
BEGIN
    v_block := v_block || decode(repeat('00', 64 - octet_length(v_block)), 'hex');
    FOR i IN 0..60 BY 4 LOOP
        v_words := v_words || (
            get_byte(v_block, i)::bigint
            | (get_byte(v_block, i + 1)::bigint << 8)
            | (get_byte(v_block, i + 2)::bigint << 16)
            | (get_byte(v_block, i + 3)::bigint << 24)
        );
    END LOOP;
    RETURN v_words;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.blake3_block(bytea, integer) IS
'Internal to blake3: sixteen little-endian 32-bit words from an offset, zeros past the end.';
