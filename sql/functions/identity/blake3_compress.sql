-- The compression function of BLAKE3 (O'Connor, Aumasson, Neves, Wilcox-O'Hearn 2020, section 2.2),
-- unrolled over scalar variables: sixteen state words in an array are several times slower.
-- Words are bigint because PostgreSQL has no unsigned 32-bit type; every sum is cut to 32 bits.
CREATE OR REPLACE FUNCTION hartonomous_internal.blake3_compress(
    p_cv bigint[], p_block bigint[], p_counter bigint, p_block_length integer, p_flags integer
)
RETURNS bigint[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    s0 bigint := p_cv[1];
    s1 bigint := p_cv[2];
    s2 bigint := p_cv[3];
    s3 bigint := p_cv[4];
    s4 bigint := p_cv[5];
    s5 bigint := p_cv[6];
    s6 bigint := p_cv[7];
    s7 bigint := p_cv[8];
    s8 bigint := 1779033703;
    s9 bigint := 3144134277;
    s10 bigint := 1013904242;
    s11 bigint := 2773480762;
    s12 bigint := p_counter & 4294967295;
    s13 bigint := (p_counter >> 32) & 4294967295;
    s14 bigint := p_block_length;
    s15 bigint := p_flags;
    t bigint;
    v_m bigint[] := p_block;
BEGIN
    FOR v_round IN 1..7 LOOP
        -- columns, then diagonals
        s0 := (s0 + s4 + v_m[1]) & 4294967295;
        t := s12 # s0; s12 := ((t >> 16) | (t << 16)) & 4294967295;
        s8 := (s8 + s12) & 4294967295;
        t := s4 # s8; s4 := ((t >> 12) | (t << 20)) & 4294967295;
        s0 := (s0 + s4 + v_m[2]) & 4294967295;
        t := s12 # s0; s12 := ((t >> 8) | (t << 24)) & 4294967295;
        s8 := (s8 + s12) & 4294967295;
        t := s4 # s8; s4 := ((t >> 7) | (t << 25)) & 4294967295;
        s1 := (s1 + s5 + v_m[3]) & 4294967295;
        t := s13 # s1; s13 := ((t >> 16) | (t << 16)) & 4294967295;
        s9 := (s9 + s13) & 4294967295;
        t := s5 # s9; s5 := ((t >> 12) | (t << 20)) & 4294967295;
        s1 := (s1 + s5 + v_m[4]) & 4294967295;
        t := s13 # s1; s13 := ((t >> 8) | (t << 24)) & 4294967295;
        s9 := (s9 + s13) & 4294967295;
        t := s5 # s9; s5 := ((t >> 7) | (t << 25)) & 4294967295;
        s2 := (s2 + s6 + v_m[5]) & 4294967295;
        t := s14 # s2; s14 := ((t >> 16) | (t << 16)) & 4294967295;
        s10 := (s10 + s14) & 4294967295;
        t := s6 # s10; s6 := ((t >> 12) | (t << 20)) & 4294967295;
        s2 := (s2 + s6 + v_m[6]) & 4294967295;
        t := s14 # s2; s14 := ((t >> 8) | (t << 24)) & 4294967295;
        s10 := (s10 + s14) & 4294967295;
        t := s6 # s10; s6 := ((t >> 7) | (t << 25)) & 4294967295;
        s3 := (s3 + s7 + v_m[7]) & 4294967295;
        t := s15 # s3; s15 := ((t >> 16) | (t << 16)) & 4294967295;
        s11 := (s11 + s15) & 4294967295;
        t := s7 # s11; s7 := ((t >> 12) | (t << 20)) & 4294967295;
        s3 := (s3 + s7 + v_m[8]) & 4294967295;
        t := s15 # s3; s15 := ((t >> 8) | (t << 24)) & 4294967295;
        s11 := (s11 + s15) & 4294967295;
        t := s7 # s11; s7 := ((t >> 7) | (t << 25)) & 4294967295;
        s0 := (s0 + s5 + v_m[9]) & 4294967295;
        t := s15 # s0; s15 := ((t >> 16) | (t << 16)) & 4294967295;
        s10 := (s10 + s15) & 4294967295;
        t := s5 # s10; s5 := ((t >> 12) | (t << 20)) & 4294967295;
        s0 := (s0 + s5 + v_m[10]) & 4294967295;
        t := s15 # s0; s15 := ((t >> 8) | (t << 24)) & 4294967295;
        s10 := (s10 + s15) & 4294967295;
        t := s5 # s10; s5 := ((t >> 7) | (t << 25)) & 4294967295;
        s1 := (s1 + s6 + v_m[11]) & 4294967295;
        t := s12 # s1; s12 := ((t >> 16) | (t << 16)) & 4294967295;
        s11 := (s11 + s12) & 4294967295;
        t := s6 # s11; s6 := ((t >> 12) | (t << 20)) & 4294967295;
        s1 := (s1 + s6 + v_m[12]) & 4294967295;
        t := s12 # s1; s12 := ((t >> 8) | (t << 24)) & 4294967295;
        s11 := (s11 + s12) & 4294967295;
        t := s6 # s11; s6 := ((t >> 7) | (t << 25)) & 4294967295;
        s2 := (s2 + s7 + v_m[13]) & 4294967295;
        t := s13 # s2; s13 := ((t >> 16) | (t << 16)) & 4294967295;
        s8 := (s8 + s13) & 4294967295;
        t := s7 # s8; s7 := ((t >> 12) | (t << 20)) & 4294967295;
        s2 := (s2 + s7 + v_m[14]) & 4294967295;
        t := s13 # s2; s13 := ((t >> 8) | (t << 24)) & 4294967295;
        s8 := (s8 + s13) & 4294967295;
        t := s7 # s8; s7 := ((t >> 7) | (t << 25)) & 4294967295;
        s3 := (s3 + s4 + v_m[15]) & 4294967295;
        t := s14 # s3; s14 := ((t >> 16) | (t << 16)) & 4294967295;
        s9 := (s9 + s14) & 4294967295;
        t := s4 # s9; s4 := ((t >> 12) | (t << 20)) & 4294967295;
        s3 := (s3 + s4 + v_m[16]) & 4294967295;
        t := s14 # s3; s14 := ((t >> 8) | (t << 24)) & 4294967295;
        s9 := (s9 + s14) & 4294967295;
        t := s4 # s9; s4 := ((t >> 7) | (t << 25)) & 4294967295;
        v_m := ARRAY[v_m[3], v_m[7], v_m[4], v_m[11], v_m[8], v_m[1], v_m[5], v_m[14], v_m[2], v_m[12], v_m[13], v_m[6], v_m[10], v_m[15], v_m[16], v_m[9]];
    END LOOP;
    RETURN ARRAY[
        s0 # s8, s1 # s9, s2 # s10, s3 # s11,
        s4 # s12, s5 # s13, s6 # s14, s7 # s15
    ];
END
$$;

COMMENT ON FUNCTION hartonomous_internal.blake3_compress(bigint[], bigint[], bigint, integer, integer) IS
'Internal to blake3: one compression, the new chaining value of eight 32-bit words.';
