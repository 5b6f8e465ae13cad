-- Moments to compare ratings with. A snapshot names the sources that were live; the ratings that
-- they add up to are computed when asked, so nothing of a source outlives its deletion here.

CREATE TABLE hartonomous.rating_snapshot (
    rating_snapshot_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (name <> ''),
    content_ids integer[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE hartonomous.rating_snapshot IS
'The sources that were live at one moment; notes for comparison, no part of the fingerprint.';
COMMENT ON COLUMN hartonomous.rating_snapshot.rating_snapshot_id IS 'Local number of the snapshot.';
COMMENT ON COLUMN hartonomous.rating_snapshot.name IS 'Name given by the user.';
COMMENT ON COLUMN hartonomous.rating_snapshot.content_ids IS 'The sources; those deleted since count no more.';
COMMENT ON COLUMN hartonomous.rating_snapshot.created_at IS 'When it was taken.';
