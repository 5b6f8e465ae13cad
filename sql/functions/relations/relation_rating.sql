CREATE OR REPLACE VIEW hartonomous.relation_rating WITH (security_invoker = true) AS
SELECT
    r.relation_id,
    r.evidence_count,
    r.source_count,
    r.rejection_count,
    r.weight_sum,
    r.elo_score
FROM hartonomous.relation AS r;

COMMENT ON VIEW hartonomous.relation_rating IS
'What the evidence of live sources for each relation adds up to; a pure function of relation_evidence.';
COMMENT ON COLUMN hartonomous.relation_rating.relation_id IS 'The relation that is rated.';
COMMENT ON COLUMN hartonomous.relation_rating.evidence_count IS 'Pieces of evidence.';
COMMENT ON COLUMN hartonomous.relation_rating.source_count IS 'Distinct sources among them.';
COMMENT ON COLUMN hartonomous.relation_rating.rejection_count IS
'Pieces of evidence that the relation does not hold.';
COMMENT ON COLUMN hartonomous.relation_rating.weight_sum IS 'Sum of the weights in units of 2^-20.';
COMMENT ON COLUMN hartonomous.relation_rating.elo_score IS
'1500 + min(1000, 0.1 n) + 500 mean weight + min(200, 20 sources).';
