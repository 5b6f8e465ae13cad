CREATE OR REPLACE FUNCTION hartonomous.fingerprinted_subject()
RETURNS TABLE (shard integer, facts bytea)
LANGUAGE sql STABLE
AS $$
    SELECT NULL::integer, hartonomous.framed(VARIADIC ARRAY[s.subject_key])
    FROM hartonomous.subject AS s
$$;

COMMENT ON FUNCTION hartonomous.fingerprinted_subject() IS
'Internal to fingerprint_parts: the persons.';
