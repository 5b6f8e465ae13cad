-- Concepts. Their identity is their content: BLAKE3 of what the concept is.

-- A label is a text of up to 65,536 bytes behind its kind.
CREATE TABLE hartonomous.composition (
    composition_id uuid PRIMARY KEY,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    label text NOT NULL CHECK (label <> '' AND octet_length(label) <= 65600),
    kind text NOT NULL DEFAULT 'text' CHECK (kind ~ '^[a-z][a-z0-9_]{0,31}$'),
    composition_number integer NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE,
    CHECK (composition_id = encode(substring(hash FROM 1 FOR 16), 'hex')::uuid)
);

-- A hash is unique because its first half is. Hash indexes hold four bytes of what they find, however
-- long that is.
CREATE INDEX composition_hash_idx ON hartonomous.composition USING hash (hash);
CREATE INDEX composition_label_idx ON hartonomous.composition USING hash (label);

COMMENT ON TABLE hartonomous.composition IS
'One concept: a word, phrase, word piece, label, image feature, code pattern or vector.';
COMMENT ON COLUMN hartonomous.composition.composition_id IS 'The first 16 bytes of hash.';
COMMENT ON COLUMN hartonomous.composition.hash IS
'BLAKE3 of the canonical bytes: plain text as itself in UTF-8, other kinds as kind, a zero byte, text.';
COMMENT ON COLUMN hartonomous.composition.label IS 'How people read the concept: plain text as it is, a word piece as ##ing, any other behind its kind and a colon.';
COMMENT ON COLUMN hartonomous.composition.kind IS 'text for words and phrases, piece for word pieces, or a kind that a source brought.';
COMMENT ON COLUMN hartonomous.composition.composition_number IS
'Local number by which lists name the concept: never used again, and no part of any fingerprint.';
