-- What the lists of a concept with much evidence add up to, over a named set of sources. Optional:
-- an answer takes a summary only while all its sources live, and adds what came later; whatever
-- changes a concept's lists drops its summary. It may go at any time and is in no fingerprint.

CREATE TABLE hartonomous.relation_summary (
    composition_number integer NOT NULL,
    relation_type_id integer NOT NULL,
    content_ids integer[] NOT NULL,
    relation_count integer NOT NULL CHECK (relation_count >= 0),
    best_elo double precision,
    neighbours integer[],
    source_counts integer[],
    evidence_counts integer[],
    rejection_counts integer[],
    weight_sums bigint[],
    PRIMARY KEY (composition_number, relation_type_id)
);

ALTER TABLE hartonomous.relation_summary
ALTER COLUMN neighbours SET STATISTICS 0,
ALTER COLUMN source_counts SET STATISTICS 0,
ALTER COLUMN evidence_counts SET STATISTICS 0,
ALTER COLUMN rejection_counts SET STATISTICS 0,
ALTER COLUMN weight_sums SET STATISTICS 0,
ALTER COLUMN content_ids SET STATISTICS 0;

COMMENT ON TABLE hartonomous.relation_summary IS
'Exact sums of one concept''s lists of one type over a named set of sources; made by summarise_relations, droppable at any time.';
COMMENT ON COLUMN hartonomous.relation_summary.composition_number IS 'The concept.';
COMMENT ON COLUMN hartonomous.relation_summary.relation_type_id IS 'The type of the relations.';
COMMENT ON COLUMN hartonomous.relation_summary.content_ids IS 'The sources whose lists are summed.';
COMMENT ON COLUMN hartonomous.relation_summary.relation_count IS 'How many relations they hold.';
COMMENT ON COLUMN hartonomous.relation_summary.best_elo IS 'The best rating among those that hold; null where all are rejected.';
COMMENT ON COLUMN hartonomous.relation_summary.neighbours IS
'The concepts they lead to, best rated first, then by id; null where there is too little evidence to be worth it.';
COMMENT ON COLUMN hartonomous.relation_summary.source_counts IS 'For each, the sources that hold it.';
COMMENT ON COLUMN hartonomous.relation_summary.evidence_counts IS 'For each, the pieces of evidence.';
COMMENT ON COLUMN hartonomous.relation_summary.rejection_counts IS
'For each, the pieces of evidence that it does not hold; null where there are none at all.';
COMMENT ON COLUMN hartonomous.relation_summary.weight_sums IS 'For each, the sum of the weights in units of 2^-20.';
