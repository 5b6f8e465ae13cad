CREATE OR REPLACE FUNCTION hartonomous.calculate_elo_from_evidence(relation_id hartonomous.relation_key)
RETURNS double precision
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT hartonomous.elo_from_evidence(
            count(*),
            sum(round(e.weight * hartonomous_internal.weight_unit())::bigint)::bigint,
            count(DISTINCT e.content_id),
            count(*) FILTER (WHERE e.weight = 0 AND e.rank IS NULL)
        )
        FROM hartonomous.relation_evidence AS e
        WHERE (e.relation_id).composition_a_id = (calculate_elo_from_evidence.relation_id).composition_a_id
            AND (e.relation_id).composition_b_id = (calculate_elo_from_evidence.relation_id).composition_b_id
            AND (e.relation_id).relation_type_id = (calculate_elo_from_evidence.relation_id).relation_type_id
    );
END
$$;

COMMENT ON FUNCTION hartonomous.calculate_elo_from_evidence(hartonomous.relation_key) IS
'The rating of a relation computed from its evidence, piece by piece; null without evidence.';
