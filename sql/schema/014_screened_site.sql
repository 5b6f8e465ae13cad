-- Sites that were looked at and left out: they did not stand above chance. They have no lists.

CREATE TABLE hartonomous.screened_site (
    content_id integer NOT NULL REFERENCES hartonomous.content (content_id) ON DELETE CASCADE,
    position text NOT NULL CHECK (position <> ''),
    signal jsonb NOT NULL CHECK (jsonb_typeof(signal) = 'object'),
    PRIMARY KEY (content_id, position)
);

COMMENT ON TABLE hartonomous.screened_site IS
'One site of a source that was held against its nulls and not mined.';
COMMENT ON COLUMN hartonomous.screened_site.content_id IS 'The source the site belongs to.';
COMMENT ON COLUMN hartonomous.screened_site.position IS 'Where in the source.';
COMMENT ON COLUMN hartonomous.screened_site.signal IS
'Its score, that of the best of its nulls, the 95 % interval of the difference, and what it was held against.';
