CREATE OR REPLACE FUNCTION hartonomous.agreement_probability(
    a text, b text,
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS double precision
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
    v_a constant integer := hartonomous_internal.known_number(agreement_probability.a);
    v_b constant integer := hartonomous_internal.known_number(agreement_probability.b);
    v_votes constant record := hartonomous_internal.live_votes();
    v_elo double precision;
    v_probability double precision;
BEGIN
    SELECT hartonomous_internal.consensus_elo(max(f.score), v_votes.total) INTO v_elo
    FROM (VALUES (v_a, v_b), (v_b, v_a)) AS d (c, other)
    CROSS JOIN LATERAL hartonomous_internal.consensus_from(
        d.c, v_votes.content_ids, v_votes.site_ids, v_votes.weights
    ) AS f
    WHERE f.b = d.other;
    v_probability := (
        SELECT c.probability FROM hartonomous.calibration() AS c
        WHERE (v_elo IS NULL AND c.elo_low IS NULL) OR (v_elo IS NOT NULL AND c.elo_low IS NOT NULL)
        ORDER BY (c.elo_low <= v_elo) DESC, abs(c.elo_low - v_elo)
        LIMIT 1
    );
    PERFORM hartonomous_internal.leave_scope(v_scope);
    RETURN v_probability;
END
$$;

COMMENT ON FUNCTION hartonomous.agreement_probability(text, text, text[], text[], text) IS
'With which probability people agree that two concepts are related, by their consensus_elo and the bands of calibration; null where nobody has judged such pairs. An error with near matches where a concept is not known.';
