-- The audit: one row for each change, each hashed over the one before.

CREATE TABLE hartonomous.audit (
    audit_id bigint PRIMARY KEY CHECK (audit_id > 0),
    happened_at timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL CHECK (action <> ''),
    details jsonb NOT NULL,
    previous_hash bytea NOT NULL CHECK (octet_length(previous_hash) = 32),
    hash bytea NOT NULL UNIQUE CHECK (octet_length(hash) = 32)
);

COMMENT ON TABLE hartonomous.audit IS
'One thing that was done; append-only, without personal content, each row hashed over the one before.';
COMMENT ON COLUMN hartonomous.audit.audit_id IS 'Position in the chain, from 1 without gaps.';
COMMENT ON COLUMN hartonomous.audit.happened_at IS 'When it was done.';
COMMENT ON COLUMN hartonomous.audit.actor IS 'The database role that did it.';
COMMENT ON COLUMN hartonomous.audit.action IS 'What was done: ingest, delete_model, quarantine_source, ...';
COMMENT ON COLUMN hartonomous.audit.details IS 'Counts and fingerprints, never content.';
COMMENT ON COLUMN hartonomous.audit.previous_hash IS 'hash of the row before; 32 zero bytes in the first row.';
COMMENT ON COLUMN hartonomous.audit.hash IS 'SHA-256 over the row''s other columns and previous_hash.';
