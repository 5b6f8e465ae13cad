CREATE OR REPLACE FUNCTION hartonomous_internal.fingerprinted_subject()
RETURNS TABLE (shard integer, facts bytea)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT NULL::integer, sha256(convert_to(s.subject_key, 'UTF8'))
    FROM hartonomous.subject AS s
$$;

COMMENT ON FUNCTION hartonomous_internal.fingerprinted_subject() IS
'Internal to fingerprint_parts: the persons, by digests of their keys, which readers must not learn.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous_internal.fingerprinted_subject()');
