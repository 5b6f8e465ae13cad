-- Where evidence comes from: whose data it is (subject) and what was read (content).
-- content_id is a local number: it names rows here and never enters a fingerprint.

CREATE TABLE hartonomous.subject (
    subject_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject_key text NOT NULL UNIQUE CHECK (subject_key <> '')
);

COMMENT ON TABLE hartonomous.subject IS
'A person whose data may have to go; matched by key, never by pattern.';
COMMENT ON COLUMN hartonomous.subject.subject_id IS 'Local number of the subject.';
COMMENT ON COLUMN hartonomous.subject.subject_key IS 'The name under which the person''s data was handed in.';

CREATE TABLE hartonomous.content (
    content_id integer PRIMARY KEY CHECK (content_id > 0),
    source_identifier text NOT NULL UNIQUE CHECK (source_identifier <> ''),
    kind text NOT NULL CHECK (kind ~ '^[a-z][a-z0-9_]{0,31}$'),
    subject_id integer REFERENCES hartonomous.subject (subject_id),
    fingerprint bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
    state text NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'quarantined')),
    flags text[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    expires date,
    random_id uuid NOT NULL DEFAULT gen_random_uuid(),
    viewers text[]
);

CREATE INDEX content_subject_id_idx ON hartonomous.content (subject_id) WHERE subject_id IS NOT NULL;
CREATE INDEX content_quarantined_idx ON hartonomous.content (content_id) WHERE state = 'quarantined';
CREATE INDEX content_restricted_idx ON hartonomous.content (content_id) WHERE viewers IS NOT NULL;
CREATE INDEX content_expires_idx ON hartonomous.content (expires) WHERE expires IS NOT NULL;

-- Numbers below 2^30 have a partition of relation_list of their own, the others share one:
-- has_own_partition says so in functions.
CREATE SEQUENCE hartonomous.content_own_id_seq AS integer MAXVALUE 1073741823;
CREATE SEQUENCE hartonomous.content_shared_id_seq AS integer MINVALUE 1073741824;

COMMENT ON TABLE hartonomous.content IS
'One source of evidence: a model, a document, an image, a code file, a user''s feedback, evidence added by hand.';
COMMENT ON COLUMN hartonomous.content.content_id IS
'Local number of the source, never used again; below 2^30 its lists have a partition of their own, above they share one.';
COMMENT ON COLUMN hartonomous.content.source_identifier IS 'The source''s name, for example model:minilm.';
COMMENT ON COLUMN hartonomous.content.kind IS 'What was read: model, document, relations, feedback, evidence that was added by hand, or what a source calls itself.';
COMMENT ON COLUMN hartonomous.content.subject_id IS 'Whose data it is, where it is a person''s.';
COMMENT ON COLUMN hartonomous.content.fingerprint IS
'BLAKE3 of the bytes that were read and of the settings they were mined with.';
COMMENT ON COLUMN hartonomous.content.state IS 'live, or quarantined: kept but out of every answer.';
COMMENT ON COLUMN hartonomous.content.flags IS
'What is wrong with the source: floods the graph, one concept in most relations, lowers quality.';
COMMENT ON COLUMN hartonomous.content.created_at IS 'When the source was loaded.';
COMMENT ON COLUMN hartonomous.content.expires IS
'From this day on, in UTC, forget_expired takes the source away; null where it may stay.';
COMMENT ON COLUMN hartonomous.content.random_id IS
'Names the source to whoever keeps track of deletions; made of nothing, and no part of the fingerprint.';
COMMENT ON COLUMN hartonomous.content.viewers IS
'Roles whose members see the source, beside editors; null where everybody does who may ask. No part of the fingerprint.';
