-- SQL language, so that it is inlined where it is used.
CREATE OR REPLACE FUNCTION hartonomous_internal.votes_with_own(
    p_composition_numbers integer[], p_content_ids integer[], p_site_ids integer[], p_weights integer[]
)
RETURNS TABLE (a integer, b integer, votes bigint)
LANGUAGE sql STABLE ROWS 1000
AS $$
    WITH listed AS MATERIALIZED (
        SELECT l.a, l.b, l.votes
        FROM hartonomous_internal.list_votes(p_composition_numbers, p_content_ids, p_site_ids, p_weights) AS l
    )
    SELECT l.a, l.b, l.votes FROM listed AS l
    UNION ALL
    SELECT l.a, l.a, max(l.votes) FROM listed AS l GROUP BY l.a
$$;

COMMENT ON FUNCTION hartonomous_internal.votes_with_own(integer[], integer[], integer[], integer[]) IS
'Internal: what relatedness is the cosine of: the votes of some concepts, each for itself as strongly as for its strongest.';
