-- What was deleted, in numbers that mean nothing elsewhere: a backup of before holds the same numbers, so
-- that what comes back with it can be deleted again. Nothing here is made of a name, a text or a hash.

CREATE TABLE hartonomous.deletion_trace (
    deletion_trace_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    audit_id bigint,
    random_ids uuid[] NOT NULL DEFAULT '{}',
    concepts jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(concepts) = 'array'),
    evidence jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(evidence) = 'array'),
    stands_for bytea CHECK (octet_length(stands_for) = 32)
);

CREATE INDEX deletion_trace_audit_id_idx ON hartonomous.deletion_trace (audit_id);
CREATE INDEX deletion_trace_stands_for_idx ON hartonomous.deletion_trace (stands_for) WHERE stands_for IS NOT NULL;

COMMENT ON TABLE hartonomous.deletion_trace IS
'What deletions took away, by random and local numbers, for the backups that still hold it; no part of the fingerprint.';
COMMENT ON COLUMN hartonomous.deletion_trace.deletion_trace_id IS 'Local number, in the order of deletion.';
COMMENT ON COLUMN hartonomous.deletion_trace.audit_id IS 'The row of the audit that records the deletion; null only before it is written.';
COMMENT ON COLUMN hartonomous.deletion_trace.random_ids IS 'random_id of each source that went.';
COMMENT ON COLUMN hartonomous.deletion_trace.concepts IS
'Of each concept that was deleted by name: its local number, and random_id of the oldest source of either kind of number that named it.';
COMMENT ON COLUMN hartonomous.deletion_trace.evidence IS
'Of each piece of evidence that was deleted by itself: random_id of its source, number of its site, type, and the numbers of both concepts.';
COMMENT ON COLUMN hartonomous.deletion_trace.stands_for IS
'Of a replay or an override: hash of the last deletion''s row in the audit that was lost with a restore.';

CREATE TABLE hartonomous.replay_due (
    is_due boolean PRIMARY KEY DEFAULT TRUE CHECK (is_due),
    audit_id bigint NOT NULL,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    withheld integer[] NOT NULL
);

COMMENT ON TABLE hartonomous.replay_due IS
'One row while the database is older than what was deleted from it, and answers nothing; else none.';
COMMENT ON COLUMN hartonomous.replay_due.is_due IS 'True.';
COMMENT ON COLUMN hartonomous.replay_due.audit_id IS 'Row of the audit of the last deletion that is known of.';
COMMENT ON COLUMN hartonomous.replay_due.hash IS 'Hash of that row.';
COMMENT ON COLUMN hartonomous.replay_due.withheld IS 'The sources that were live.';
