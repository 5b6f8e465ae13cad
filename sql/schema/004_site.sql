-- Sites: the places in a source that compare things, with what the miner did there.

CREATE TABLE hartonomous.site (
    site_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    content_id integer NOT NULL REFERENCES hartonomous.content (content_id) ON DELETE CASCADE,
    position text NOT NULL CHECK (position <> ''),
    k integer CHECK (k > 0),
    space text CHECK (space IN ('cosine', 'ip', 'l2')),
    method text CHECK (method IN ('exact', 'blocks', 'hnsw', 'count')),
    recall real CHECK (recall BETWEEN 0 AND 1),
    mean_removed boolean,
    components_removed smallint CHECK (components_removed >= 0),
    group_site_id integer NOT NULL,
    group_place smallint NOT NULL DEFAULT 0 CHECK (group_place >= 0),
    group_length smallint CHECK (group_length > 0),
    UNIQUE (content_id, position),
    UNIQUE (group_site_id, group_place),
    CHECK (group_place = 0 OR group_length IS NOT NULL)
);


COMMENT ON TABLE hartonomous.site IS 'One position in one source that compares things, such as layer3-head5-qk.';
COMMENT ON COLUMN hartonomous.site.site_id IS 'Local number of the site.';
COMMENT ON COLUMN hartonomous.site.content_id IS 'The source the site belongs to.';
COMMENT ON COLUMN hartonomous.site.position IS 'Where in the source: embedding, layer3-head5-qk, text window.';
COMMENT ON COLUMN hartonomous.site.k IS 'Neighbours mined for each concept; null where nothing was joined.';
COMMENT ON COLUMN hartonomous.site.space IS 'The similarity of the join: cosine, ip (inner product) or l2.';
COMMENT ON COLUMN hartonomous.site.method IS 'exact, blocks or hnsw for a nearest-neighbour join, count for symbols.';
COMMENT ON COLUMN hartonomous.site.recall IS 'Recall at k measured on a sample against exact search; 1 for exact.';
COMMENT ON COLUMN hartonomous.site.mean_removed IS 'Whether the mean vector was taken away before mining.';
COMMENT ON COLUMN hartonomous.site.components_removed IS
'First principal components taken away before mining (Mu and Viswanath 2018).';
COMMENT ON COLUMN hartonomous.site.group_site_id IS
'The number under which its lists are stored: its own, or that of the first site of its group.';
COMMENT ON COLUMN hartonomous.site.group_place IS 'Which part of the group''s lists is this site''s, from 0.';
COMMENT ON COLUMN hartonomous.site.group_length IS
'Places each site of a group has in a shared list; null where it stands alone.';
