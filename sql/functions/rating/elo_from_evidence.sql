-- SQL language and not STRICT, so that it is inlined where it is used.
CREATE OR REPLACE FUNCTION hartonomous.elo_from_evidence(
    p_evidence_count bigint, p_weight_sum bigint, p_source_count bigint, p_rejection_count bigint DEFAULT 0
)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT 1500::double precision
        + least(1000::double precision, 0.1::double precision * greatest(0, p_evidence_count - 2::double precision * p_rejection_count))
        + 500::double precision * (p_weight_sum::double precision / hartonomous_internal.weight_unit() / nullif(p_evidence_count, 0))
        + least(200::double precision, 20::double precision * greatest(0, p_source_count - 2::double precision * p_rejection_count))
$$;

COMMENT ON FUNCTION hartonomous.elo_from_evidence(bigint, bigint, bigint, bigint) IS
'The rating that so many pieces of evidence with this sum of weights (in units of 2^-20) from so many sources add up to; a rejection counts among both, and takes one of each back.';
