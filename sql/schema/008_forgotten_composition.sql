-- What forgetting needs beside the evidence: what may not come back, and the shape in which
-- deletions say what went.

CREATE TABLE hartonomous.forgotten_composition (
    composition_id uuid PRIMARY KEY,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    CHECK (composition_id = encode(substring(hash FROM 1 FOR 16), 'hex')::uuid)
);

COMMENT ON TABLE hartonomous.forgotten_composition IS
'Concepts that loads leave out, by their hash alone; filled by delete_concept(..., forget => true).';
COMMENT ON COLUMN hartonomous.forgotten_composition.composition_id IS 'The first 16 bytes of hash.';
COMMENT ON COLUMN hartonomous.forgotten_composition.hash IS 'Hash of the concept; its label is not kept.';

CREATE TYPE hartonomous.deletion AS (
    names text[],
    counts jsonb,
    audit_id bigint,
    goes text[],
    stays jsonb,
    sources_that_go text[],
    alike text[]
);

COMMENT ON TYPE hartonomous.deletion IS
'What a deletion takes away, or what its preview says it would.';
COMMENT ON COLUMN hartonomous.deletion.names IS 'The sources, or the concepts, that were meant.';
COMMENT ON COLUMN hartonomous.deletion.counts IS
'How many of each kind go: sources, sites, evidence, concepts_removed, coordinates; previews also count relations_removed, which nothing else supports, and relations_changed, which stay with another rating.';
COMMENT ON COLUMN hartonomous.deletion.audit_id IS 'The row of the audit that records it; null in a preview.';
COMMENT ON COLUMN hartonomous.deletion.goes IS
'Labels of the concepts that would go, at most 1,000; null but in a preview.';
COMMENT ON COLUMN hartonomous.deletion.stays IS
'What would stay because others said it too, at most 1,000 concepts and 1,000 relations: an array of objects with what (one label, or two of a relation), type (of the relation, else null) and also (names of up to 10 others who said it); null but in a preview.';
COMMENT ON COLUMN hartonomous.deletion.sources_that_go IS
'Names of the sources that would go with the last of their evidence, at most 1,000; null but in a preview.';
COMMENT ON COLUMN hartonomous.deletion.alike IS
'Where a person goes, up to 20 keys of others that look like theirs and stay; else null.';
