-- Calibrated so that it compares across concepts and numbers of sources: ten times the votes, per weight
-- of all that vote, are 400 points.
CREATE OR REPLACE FUNCTION hartonomous_internal.consensus_elo(p_score bigint, p_total bigint)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE WHEN p_score > 0 AND p_total > 0 THEN
        1500 + 400 * log((p_score::double precision / 4096 / p_total / 6000)::numeric)::double precision
    END
$$;

COMMENT ON FUNCTION hartonomous_internal.consensus_elo(bigint, bigint) IS
'Internal: a score of consensus_from on the Elo scale; null where nobody votes for the relation.';
