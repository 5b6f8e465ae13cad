CREATE OR REPLACE FUNCTION hartonomous_internal.list_contrast(p_strength integer, p_cut integer)
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT least((p_strength - p_cut)::bigint * 1000000 / greatest(p_cut, 52429), 2147483647)::integer
$$;

COMMENT ON FUNCTION hartonomous_internal.list_contrast(integer, integer) IS
'Internal: how far the first ten of a list stand above its cut, in millionths of the cut, which counts as .05 at least.';
