-- Persons who are to stay forgotten. What stands here is made with a key that lies beside the database
-- and never in it, so that neither a name nor what could be tried out for a name is kept.

CREATE TABLE hartonomous.forgotten_subject (
    digest bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
    key_digest bytea NOT NULL CHECK (octet_length(key_digest) = 32)
);

COMMENT ON TABLE hartonomous.forgotten_subject IS
'Persons whose documents and feedback loads leave out, by digests under a key that is not in the database; filled by delete_subject(..., forget => true).';
COMMENT ON COLUMN hartonomous.forgotten_subject.digest IS 'HMAC-SHA256 (RFC 2104) of the person''s key in our tables, under the key beside the database.';
COMMENT ON COLUMN hartonomous.forgotten_subject.key_digest IS 'HMAC-SHA256 of nothing under the same key, by which another key is known.';
