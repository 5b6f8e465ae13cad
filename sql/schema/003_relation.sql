-- Directed pairs of concepts, each stored once whatever the number of models that hold it, with
-- what its evidence adds up to. Sums are integers, so that evidence can be taken back exactly;
-- the rating is generated from them. relation has one partition, so that a large load or
-- deletion builds a fresh, sorted table and exchanges it, instead of updating row by row.

CREATE TABLE hartonomous.relation_type (
    relation_type_id smallint PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (octet_length(name) BETWEEN 1 AND 32),
    is_symmetric boolean NOT NULL,
    description text NOT NULL
);

INSERT INTO hartonomous.relation_type (relation_type_id, name, is_symmetric, description) VALUES
(1, 'related', TRUE, 'near in some vector space, or seen together'),
(2, 'precedes', FALSE, 'comes right before in running text'),
(3, 'contains', FALSE, 'has the other as a part'),
(4, 'calls', FALSE, 'code that calls other code'),
(5, 'depicts', FALSE, 'an image that shows the concept'),
(6, 'above', FALSE, 'lies above in an image');

COMMENT ON TABLE hartonomous.relation_type IS 'The kinds of relation; every vector site feeds related.';
COMMENT ON COLUMN hartonomous.relation_type.relation_type_id IS 'Number of the type, the same in every database.';
COMMENT ON COLUMN hartonomous.relation_type.name IS 'Name of the type; it is part of each relation''s identity.';
COMMENT ON COLUMN hartonomous.relation_type.is_symmetric IS 'Whether a to b says the same as b to a.';
COMMENT ON COLUMN hartonomous.relation_type.description IS 'What the type says of a and b.';

CREATE TABLE hartonomous.relation (
    relation_id uuid NOT NULL,
    composition_a_id uuid NOT NULL,
    composition_b_id uuid NOT NULL,
    relation_type_id smallint NOT NULL,
    source_count integer NOT NULL CHECK (source_count > 0),
    evidence_count integer NOT NULL CHECK (evidence_count > 0),
    rejection_count integer NOT NULL DEFAULT 0 CHECK (rejection_count >= 0),
    weight_sum bigint NOT NULL CHECK (weight_sum >= 0),
    elo_score double precision NOT NULL GENERATED ALWAYS AS (
        1500::double precision
        + least(1000::double precision, 0.1::double precision * greatest(0, evidence_count - 2 * rejection_count))
        + 500::double precision * (weight_sum::double precision / 1048576 / evidence_count)
        + least(200::double precision, 20::double precision * greatest(0, source_count - 2 * rejection_count))
    ) STORED
) PARTITION BY RANGE (relation_id);

CREATE TABLE hartonomous.relation_all PARTITION OF hartonomous.relation
FOR VALUES FROM (MINVALUE) TO (MAXVALUE) WITH (fillfactor = 90);

ALTER TABLE hartonomous.relation ADD PRIMARY KEY (relation_id);
CREATE INDEX relation_composition_a_id_idx ON hartonomous.relation (composition_a_id);
CREATE INDEX relation_composition_b_id_idx ON hartonomous.relation (composition_b_id);

COMMENT ON TABLE hartonomous.relation IS
'A directed pair of concepts of one type, with what its evidence adds up to.';
COMMENT ON COLUMN hartonomous.relation.relation_id IS
'8 bytes of composition_a_id, then 8 bytes of BLAKE3(a, b, type name): the relations of a concept lie together.';
COMMENT ON COLUMN hartonomous.relation.composition_a_id IS 'The concept the relation starts from.';
COMMENT ON COLUMN hartonomous.relation.composition_b_id IS 'The concept the relation leads to.';
COMMENT ON COLUMN hartonomous.relation.relation_type_id IS 'The type of the relation.';
COMMENT ON COLUMN hartonomous.relation.source_count IS 'Distinct sources among the evidence.';
COMMENT ON COLUMN hartonomous.relation.evidence_count IS 'Pieces of evidence, of live and quarantined sources.';
COMMENT ON COLUMN hartonomous.relation.rejection_count IS
'Pieces of evidence that the relation does not hold: weight 0 outside any list.';
COMMENT ON COLUMN hartonomous.relation.weight_sum IS 'Sum of the evidence''s weights in units of 2^-20.';
COMMENT ON COLUMN hartonomous.relation.elo_score IS
'1500 + min(1000, 0.1 n) + 500 mean weight + min(200, 20 sources), from all stored evidence; each rejection takes one piece and one source off.';
