-- SQL language, so that it is inlined where it is used.
CREATE OR REPLACE FUNCTION hartonomous_internal.list_votes(
    p_composition_numbers integer[], p_content_ids integer[], p_site_ids integer[], p_weights integer[]
)
RETURNS TABLE (a integer, b integer, votes bigint, holders bigint)
LANGUAGE sql STABLE ROWS 1000
AS $$
    SELECT u.a, u.b, sum(u.votes)::bigint, count(*)
    FROM (
        SELECT l.composition_number AS a, unnest(l.neighbours) AS b,
            hartonomous_internal.list_evidence(unnest(l.weights), l.cut)::bigint * w.weight AS votes
        FROM hartonomous.relation_list AS l
        INNER JOIN unnest(p_content_ids, p_site_ids, p_weights) AS w (content_id, site_id, weight)
            ON l.content_id = w.content_id AND l.site_id = w.site_id
        WHERE l.composition_number = ANY (p_composition_numbers)
    ) AS u
    WHERE u.b > 0
    GROUP BY u.a, u.b
$$;

COMMENT ON FUNCTION hartonomous_internal.list_votes(integer[], integer[], integer[], integer[]) IS
'Internal to consensus_from: F(a,b) of some concepts, and how many sources list each pair.';
