-- One row a relation, however many sources hold it, computed from the lists of the concept it
-- starts from: LATERAL, so that a condition on that concept reaches the index whichever way the
-- query comes by it. A query for who leads to a concept has to look into every list;
-- neighbors_towards does that without unfolding them.
CREATE OR REPLACE VIEW hartonomous.relation WITH (security_invoker = true) AS
SELECT
    ROW(ca.composition_id, cb.composition_id, s.relation_type_id)::hartonomous.relation_key AS relation_id,
    ca.composition_id AS composition_a_id,
    cb.composition_id AS composition_b_id,
    s.relation_type_id,
    s.source_count,
    s.evidence_count,
    s.rejection_count,
    s.weight_sum,
    s.elo_score
FROM hartonomous.composition AS ca
CROSS JOIN LATERAL hartonomous_internal.sum_lists(ca.composition_number) AS s
INNER JOIN hartonomous.composition AS cb ON cb.composition_number = s.b;

COMMENT ON VIEW hartonomous.relation IS
'A directed pair of concepts of one type, with what the evidence of live sources for it adds up to.';
COMMENT ON COLUMN hartonomous.relation.relation_id IS 'The two concepts and the type.';
COMMENT ON COLUMN hartonomous.relation.composition_a_id IS 'The concept the relation starts from.';
COMMENT ON COLUMN hartonomous.relation.composition_b_id IS 'The concept the relation leads to.';
COMMENT ON COLUMN hartonomous.relation.relation_type_id IS 'The type of the relation.';
COMMENT ON COLUMN hartonomous.relation.source_count IS 'Distinct sources among the evidence.';
COMMENT ON COLUMN hartonomous.relation.evidence_count IS 'Pieces of evidence of live sources.';
COMMENT ON COLUMN hartonomous.relation.rejection_count IS
'Pieces of evidence that the relation does not hold.';
COMMENT ON COLUMN hartonomous.relation.weight_sum IS 'Sum of the evidence''s weights in units of 2^-20.';
COMMENT ON COLUMN hartonomous.relation.elo_score IS
'1500 + min(1000, 0.1 n) + 500 mean weight + min(200, 20 sources); each rejection takes one piece and one source off.';
