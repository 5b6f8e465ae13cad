-- RFC 2104, for keys that are no longer than SHA-256's block of 64 bytes.
CREATE OR REPLACE FUNCTION hartonomous_internal.hmac_sha256(p_key bytea, p_message bytea)
RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_block constant integer := 64;
    v_inner bytea := decode(repeat('36', c_block), 'hex');
    v_outer bytea := decode(repeat('5c', c_block), 'hex');
BEGIN
    IF octet_length(p_key) > c_block THEN
        RAISE EXCEPTION 'a key has at most % bytes', c_block USING ERRCODE = 'HT004';
    END IF;
    FOR i IN 0..octet_length(p_key) - 1 LOOP
        v_inner := set_byte(v_inner, i, get_byte(v_inner, i) # get_byte(p_key, i));
        v_outer := set_byte(v_outer, i, get_byte(v_outer, i) # get_byte(p_key, i));
    END LOOP;
    RETURN sha256(v_outer || sha256(v_inner || p_message));
END
$$;

COMMENT ON FUNCTION hartonomous_internal.hmac_sha256(bytea, bytea) IS
'Internal: HMAC-SHA256 of a message under a key of at most 64 bytes.';
