-- How far the lists of two sources agree: what their votes weigh is computed from these counts.

CREATE TABLE hartonomous.source_pair (
    content_id integer NOT NULL REFERENCES hartonomous.content (content_id) ON DELETE CASCADE,
    other_id integer NOT NULL REFERENCES hartonomous.content (content_id) ON DELETE CASCADE,
    shared bigint NOT NULL,
    known bigint NOT NULL,
    PRIMARY KEY (content_id, other_id),
    CHECK (shared BETWEEN 0 AND known)
);

CREATE INDEX source_pair_other_id_idx ON hartonomous.source_pair (other_id);

COMMENT ON TABLE hartonomous.source_pair IS
'How many of the first ten neighbours of one source another one has too, counted for an eighth of all concepts.';
COMMENT ON COLUMN hartonomous.source_pair.content_id IS 'The source whose lists are looked at.';
COMMENT ON COLUMN hartonomous.source_pair.other_id IS 'The source that is asked about them.';
COMMENT ON COLUMN hartonomous.source_pair.shared IS 'Pairs that the other has among its first ten too.';
COMMENT ON COLUMN hartonomous.source_pair.known IS 'Pairs whose two concepts the other knows.';
