-- A large source is a model or the like and named; names of small ones may be personal, so only
-- their number is recorded.
CREATE OR REPLACE FUNCTION hartonomous_internal.describe_load(p_content_ids integer[])
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT CASE
            WHEN count(*) = 1 AND min(c.kind) = 'model' AND count(c.subject_id) = 0 THEN jsonb_build_object(
                'kind', min(c.kind),
                'source', min(c.source_identifier),
                'fingerprint', min(encode(c.fingerprint, 'hex')),
                'flags', (SELECT to_jsonb(f.flags) FROM hartonomous.content AS f WHERE f.content_id = min(c.content_id))
            )
            ELSE jsonb_build_object(
                'kind', min(c.kind),
                'sources', cardinality(p_content_ids),
                'evidence', hartonomous_internal.count_observations(p_content_ids)
            )
        END
        FROM hartonomous.content AS c
        WHERE c.content_id = ANY (p_content_ids)
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.describe_load(integer[]) IS
'Internal to close_sources: what the audit says of a load.';
