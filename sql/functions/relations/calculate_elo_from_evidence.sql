CREATE OR REPLACE FUNCTION hartonomous.calculate_elo_from_evidence(
    relation_id hartonomous.relation_key,
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS double precision
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
    v_elo double precision;
BEGIN
    v_elo := (
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
    PERFORM hartonomous_internal.leave_scope(v_scope);
    RETURN v_elo;
END
$$;

COMMENT ON FUNCTION hartonomous.calculate_elo_from_evidence(hartonomous.relation_key, text[], text[], text) IS
'The rating of a relation computed from its evidence, piece by piece; null without evidence.';
