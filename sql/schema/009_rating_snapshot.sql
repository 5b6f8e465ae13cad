-- Ratings as they were at one moment, to be compared with later ones. Each snapshot's figures
-- lie in a table of their own, rating_snapshot_<number>, so that dropping it is quick.

CREATE TABLE hartonomous.rating_snapshot (
    rating_snapshot_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (name <> ''),
    relation_count bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE hartonomous.rating_snapshot IS
'Ratings as they were at one moment; notes for comparison, no part of the fingerprint.';
COMMENT ON COLUMN hartonomous.rating_snapshot.rating_snapshot_id IS 'Number of the table that holds the figures.';
COMMENT ON COLUMN hartonomous.rating_snapshot.name IS 'Name given by the user.';
COMMENT ON COLUMN hartonomous.rating_snapshot.relation_count IS 'Relations that were rated.';
COMMENT ON COLUMN hartonomous.rating_snapshot.created_at IS 'When it was taken.';
