-- BLAKE3 of any number of bytes. A message is cut into chunks of 1024 bytes, each a chain of
-- 64-byte blocks; the chunks' chaining values are joined in a left-heavy binary tree.
CREATE OR REPLACE FUNCTION hartonomous.blake3(p_data bytea)
RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    c_iv constant bigint[] := ARRAY[
        1779033703, 3144134277, 1013904242, 2773480762, 1359893119, 2600822924, 528734635, 1541459225
    ];
    c_chunk_start constant integer := 1;
    c_chunk_end constant integer := 2;
    c_parent constant integer := 4;
    c_root constant integer := 8;
    v_length constant integer := octet_length(p_data);
    v_chunks constant integer := greatest(1, (v_length + 1023) / 1024);
    v_cv bigint[];
    v_stack bigint[] := '{}';  -- chaining values of finished left subtrees, eight words each
    v_blocks integer;
    v_offset integer;
    v_flags integer;
    v_finished integer;
    v_hash bytea := '';
BEGIN
    FOR v_chunk IN 0..v_chunks - 1 LOOP
        v_cv := c_iv;
        v_blocks := greatest(1, (least(1024, v_length - v_chunk * 1024) + 63) / 64);
        FOR v_block IN 0..v_blocks - 1 LOOP
            v_offset := v_chunk * 1024 + v_block * 64;
            v_flags := CASE WHEN v_block = 0 THEN c_chunk_start ELSE 0 END
            | CASE WHEN v_block = v_blocks - 1 THEN c_chunk_end ELSE 0 END
            | CASE WHEN v_chunks = 1 AND v_block = v_blocks - 1 THEN c_root ELSE 0 END;
            v_cv := hartonomous_internal.blake3_compress(
                v_cv, hartonomous_internal.blake3_block(p_data, v_offset), v_chunk,
                least(64, v_length - v_offset), v_flags
            );
        END LOOP;
        -- each finished pair of subtrees of equal size becomes one; the last chunk joins them all
        v_finished := v_chunk + 1;
        WHILE v_stack <> '{}' AND (v_finished % 2 = 0 OR v_chunk = v_chunks - 1) LOOP
            v_flags := c_parent
            | CASE WHEN v_chunk = v_chunks - 1 AND cardinality(v_stack) = 8 THEN c_root ELSE 0 END;
            v_cv := hartonomous_internal.blake3_compress(
                c_iv, v_stack[cardinality(v_stack) - 7:] || v_cv, 0, 64, v_flags
            );
            v_stack := v_stack[:cardinality(v_stack) - 8];
            v_finished := v_finished / 2;
        END LOOP;
        v_stack := v_stack || v_cv;
    END LOOP;
    FOR i IN 1..8 LOOP
        v_hash := v_hash
        || set_byte(
            set_byte(
                set_byte(
                    set_byte(decode('00000000', 'hex'), 0, (v_cv[i] & 255)::integer),
                    1, (v_cv[i] >> 8 & 255)::integer
                ),
                2, (v_cv[i] >> 16 & 255)::integer
            ),
            3, (v_cv[i] >> 24)::integer
        );
    END LOOP;
    RETURN v_hash;
END
$$;

COMMENT ON FUNCTION hartonomous.blake3(bytea) IS
'BLAKE3 (32 bytes) of bytes of any length.';
