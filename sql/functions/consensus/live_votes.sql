CREATE OR REPLACE FUNCTION hartonomous_internal.live_votes(
    OUT content_ids integer[], OUT site_ids integer[], OUT weights integer[], OUT total bigint
)
LANGUAGE sql STABLE
AS $$
    SELECT
        coalesce(array_agg(w.content_id ORDER BY w.content_id), '{}'),
        coalesce(array_agg(w.site_id ORDER BY w.content_id), '{}'),
        coalesce(array_agg(w.weight ORDER BY w.content_id), '{}'),
        coalesce(sum(w.weight), 0)
    FROM hartonomous.consensus_weights() AS w
$$;

COMMENT ON FUNCTION hartonomous_internal.live_votes() IS
'Internal: the votes of all live sources in columns, and what they weigh together.';
