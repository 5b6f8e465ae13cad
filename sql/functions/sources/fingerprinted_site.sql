-- Whatever columns a site has, but for local numbers and where its lists stand in shared rows.
CREATE OR REPLACE FUNCTION hartonomous_internal.fingerprinted_site()
RETURNS TABLE (shard integer, facts bytea)
LANGUAGE sql STABLE
AS $$
    SELECT
        NULL::integer,
        hartonomous_internal.framed(VARIADIC ARRAY[
            c.source_identifier, s.position,
            (
                jsonb_strip_nulls(to_jsonb(s))
                - ARRAY['site_id', 'content_id', 'position', 'group_site_id', 'group_place', 'group_length']
            )::text
        ])
    FROM hartonomous.site AS s
    INNER JOIN hartonomous.content AS c ON c.content_id = s.content_id
$$;

COMMENT ON FUNCTION hartonomous_internal.fingerprinted_site() IS
'Internal to fingerprint_parts: the sites with all that is recorded of them.';
