-- What records the other files, applied with the first of them.

-- An administrator may have made the schema for a role that may make none, not even one that is there.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'hartonomous') THEN
        CREATE SCHEMA hartonomous;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'hartonomous_internal') THEN
        CREATE SCHEMA hartonomous_internal;
    END IF;
END
$$;
COMMENT ON SCHEMA hartonomous IS
'What many AI models know, as relations between concepts with the evidence for each.';
COMMENT ON SCHEMA hartonomous_internal IS
'Functions that those of the schema hartonomous are made of, and nothing that anybody has to call.';

CREATE TABLE hartonomous.schema_migration (
    filename   text PRIMARY KEY,
    kind       text NOT NULL CHECK (kind IN ('schema', 'migration', 'function')),
    sha256     bytea NOT NULL CHECK (octet_length(sha256) = 32),
    applied_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE hartonomous.schema_migration IS
'The SQL files that made this schema, one row a file.';
COMMENT ON COLUMN hartonomous.schema_migration.filename IS
'Path of the file below sql/, for example schema/001_content.sql.';
COMMENT ON COLUMN hartonomous.schema_migration.kind IS
'schema and migration files are applied once and never change; function files are replaced.';
COMMENT ON COLUMN hartonomous.schema_migration.sha256 IS
'SHA-256 of the file as it was applied.';
COMMENT ON COLUMN hartonomous.schema_migration.applied_at IS
'When the file was last applied.';

GRANT SELECT ON hartonomous.schema_migration TO PUBLIC;
