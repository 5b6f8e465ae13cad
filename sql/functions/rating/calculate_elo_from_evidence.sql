CREATE OR REPLACE FUNCTION hartonomous.calculate_elo_from_evidence(relation_id uuid)
RETURNS double precision
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT hartonomous.elo_from_evidence(
            count(*),
            sum(round(e.weight * 1048576)::bigint)::bigint,
            count(DISTINCT e.content_id),
            count(*) FILTER (WHERE e.weight = 0 AND e.rank IS NULL)
        )
        FROM hartonomous.relation_evidence AS e
        WHERE e.relation_id = calculate_elo_from_evidence.relation_id
    );
END
$$;

COMMENT ON FUNCTION hartonomous.calculate_elo_from_evidence(uuid) IS
'The rating of a relation computed from its stored evidence, row by row; null without evidence.';
