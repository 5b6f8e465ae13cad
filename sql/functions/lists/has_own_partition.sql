-- SQL language, so that it is inlined where it is used.
CREATE OR REPLACE FUNCTION hartonomous_internal.has_own_partition(p_content_id integer)
RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT p_content_id < 1073741824
$$;

COMMENT ON FUNCTION hartonomous_internal.has_own_partition(integer) IS
'Internal: whether the lists of the source with this number have a partition of their own.';
