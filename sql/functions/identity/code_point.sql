CREATE OR REPLACE FUNCTION hartonomous_internal.code_point(p_hexadecimal text)
RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT ('x' || lpad(p_hexadecimal, 8, '0'))::bit(32)::integer
$$;

COMMENT ON FUNCTION hartonomous_internal.code_point(text) IS
'Internal: the number that hexadecimal digits stand for.';
