-- Hashing in SQL takes a second for that much.
CREATE OR REPLACE FUNCTION hartonomous_internal.most_label_bytes()
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT 65536
$$;

COMMENT ON FUNCTION hartonomous_internal.most_label_bytes() IS
'Internal: the longest text of a concept, in bytes of UTF-8.';
