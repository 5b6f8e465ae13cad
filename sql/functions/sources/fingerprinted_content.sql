CREATE OR REPLACE FUNCTION hartonomous_internal.fingerprinted_content()
RETURNS TABLE (shard integer, facts bytea)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT
        NULL::integer,
        hartonomous_internal.framed(VARIADIC ARRAY[c.source_identifier, c.kind, encode(sha256(convert_to(s.subject_key, 'UTF8')), 'hex'), c.state]) || c.fingerprint
    FROM hartonomous.content AS c
    LEFT JOIN hartonomous.subject AS s ON s.subject_id = c.subject_id
$$;

COMMENT ON FUNCTION hartonomous_internal.fingerprinted_content() IS
'Internal to fingerprint_parts: the sources.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous_internal.fingerprinted_content()');
