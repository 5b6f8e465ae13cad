CREATE OR REPLACE FUNCTION hartonomous_internal.added_counts(p_counts jsonb, p_more jsonb)
RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT jsonb_object_agg(c.key, (c.value)::bigint + coalesce((p_more ->> c.key)::bigint, 0))
        FROM jsonb_each_text(p_counts) AS c
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.added_counts(jsonb, jsonb) IS
'Internal to replay_forgotten: the sums of two deletions'' counts.';
