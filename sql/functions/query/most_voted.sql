CREATE OR REPLACE FUNCTION hartonomous_internal.most_voted(
    p_numbers integer[], p_but integer[], p_most integer, p_votes record
)
RETURNS integer[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    RETURN array(
        SELECT DISTINCT r.b
        FROM (
            SELECT f.b, row_number() OVER (PARTITION BY f.a ORDER BY f.votes DESC, c.composition_id) AS place
            FROM hartonomous_internal.list_votes(p_numbers, p_votes.content_ids, p_votes.site_ids, p_votes.weights) AS f
            INNER JOIN hartonomous.composition AS c ON c.composition_number = f.b
            WHERE f.b <> ALL (p_but)
        ) AS r
        WHERE r.place <= p_most
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.most_voted(integer[], integer[], integer, record) IS
'Internal: of each of some concepts those that the votes, as of live_votes, are most for, but some.';
