-- Sites: the places in a source that compare things, with what the miner did there.

CREATE FUNCTION hartonomous_internal.is_join(p_settings jsonb)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    -- what is missing or of another kind makes a comparison unknown
    SELECT coalesce(p_settings @@ 'strict $.k > 0 && $.k <= 32767 && $.k == $.k.floor()
        && ($.space == "cosine" || $.space == "ip" || $.space == "l2")
        && ($.method == "exact" || $.method == "blocks" || $.method == "hnsw")
        && $.recall >= 0 && $.recall <= 1', FALSE)
$$;

COMMENT ON FUNCTION hartonomous_internal.is_join(jsonb) IS
'Internal: whether settings say how a nearest-neighbour join was made: k, space, method, recall.';

CREATE TABLE hartonomous.site (
    site_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    content_id integer NOT NULL REFERENCES hartonomous.content (content_id) ON DELETE CASCADE,
    position text NOT NULL CHECK (position <> ''),
    class text NOT NULL CHECK (class IN ('join', 'count')),
    settings jsonb NOT NULL DEFAULT '{}',
    group_site_id integer NOT NULL,
    group_place smallint NOT NULL DEFAULT 0 CHECK (group_place >= 0),
    group_length smallint CHECK (group_length > 0),
    UNIQUE (content_id, position),
    UNIQUE (group_site_id, group_place),
    CHECK (group_place = 0 OR group_length IS NOT NULL),
    CHECK (jsonb_typeof(settings) = 'object'),
    CHECK (class <> 'join' OR hartonomous_internal.is_join(settings))
);

COMMENT ON TABLE hartonomous.site IS 'One position in one source that compares things, such as layer3-head5-qk.';
COMMENT ON COLUMN hartonomous.site.site_id IS 'Local number of the site.';
COMMENT ON COLUMN hartonomous.site.content_id IS 'The source the site belongs to.';
COMMENT ON COLUMN hartonomous.site.position IS 'Where in the source: embedding, layer3-head5-qk, text window.';
COMMENT ON COLUMN hartonomous.site.class IS
'join where a nearest-neighbour join ranked the lists, count where things were seen together.';
COMMENT ON COLUMN hartonomous.site.settings IS
'How it was mined. Of a join: k, space (cosine, ip, l2), method (exact, blocks, hnsw), recall measured against exact search, what was taken away before (Mu and Viswanath 2018).';
COMMENT ON COLUMN hartonomous.site.group_site_id IS
'The number under which its lists are stored: its own, or that of the first site of its group.';
COMMENT ON COLUMN hartonomous.site.group_place IS 'Which part of the group''s lists is this site''s, from 0.';
COMMENT ON COLUMN hartonomous.site.group_length IS
'Places each site of a group has in a shared list; null where it stands alone.';
