CREATE OR REPLACE FUNCTION hartonomous.strongest_path(
    a text,
    b text,
    max_depth integer DEFAULT 6,
    beam integer DEFAULT 256,
    relation_type text DEFAULT 'related',
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS TABLE (
    composition_path text[],
    score double precision,
    depth integer,
    elo_path double precision[],
    relation_path hartonomous.relation_key[]
)
LANGUAGE sql STABLE ROWS 1
AS $$
    SELECT p.composition_path, p.score, p.depth, p.elo_path, p.relation_path
    FROM hartonomous.path(a, b, max_depth, beam, relation_type, sources, without, as_of) AS p
$$;

COMMENT ON FUNCTION hartonomous.strongest_path(text, text, integer, integer, text, text[], text[], text) IS
'path, by a longer name.';
