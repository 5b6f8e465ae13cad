-- Evidence, the only truth: who says that a relation holds, where in the source, how strongly.

CREATE TABLE hartonomous.relation_evidence (
    relation_id uuid NOT NULL,
    content_id integer NOT NULL,
    site_id integer NOT NULL,
    weight real NOT NULL CHECK (weight BETWEEN 0 AND 1),
    rank smallint CHECK (rank > 0),
    PRIMARY KEY (relation_id, content_id, site_id)
) PARTITION BY RANGE (content_id);

CREATE TABLE hartonomous.relation_evidence_shared PARTITION OF hartonomous.relation_evidence
FOR VALUES FROM (1073741824) TO (MAXVALUE);

CREATE INDEX relation_evidence_shared_content_id_idx ON hartonomous.relation_evidence_shared (content_id);

COMMENT ON TABLE hartonomous.relation_evidence IS
'One observation of a relation; each model has a partition of its own, small sources share one.';
COMMENT ON COLUMN hartonomous.relation_evidence.relation_id IS 'The relation that was observed.';
COMMENT ON COLUMN hartonomous.relation_evidence.content_id IS 'The source that observed it.';
COMMENT ON COLUMN hartonomous.relation_evidence.site_id IS 'The site within the source.';
COMMENT ON COLUMN hartonomous.relation_evidence.weight IS
'How strongly, from 0 to 1, a multiple of 2^-20 so that sums are exact in any order.';
COMMENT ON COLUMN hartonomous.relation_evidence.rank IS
'Place in the list of the first concept, 1 for the nearest; null where there is no list.';
