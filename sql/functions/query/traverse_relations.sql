CREATE OR REPLACE FUNCTION hartonomous.traverse_relations(
    prompt text,
    max_depth integer DEFAULT 3,
    beam integer DEFAULT 16,
    relation_type text DEFAULT 'related',
    exclude text[] DEFAULT '{}',
    temperature double precision DEFAULT 0,
    seed bigint DEFAULT 0,
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS TABLE (
    composition_path text[],
    score double precision,
    depth integer,
    elo_path double precision[],
    relation_path hartonomous.relation_key[]
)
LANGUAGE sql STABLE ROWS 48
AS $$
    SELECT p.composition_path, p.score, p.depth, p.elo_path, p.relation_path
    FROM hartonomous.traverse(prompt, max_depth, beam, relation_type, exclude, temperature, seed, sources, without, as_of) AS p
$$;

COMMENT ON FUNCTION hartonomous.traverse_relations(text, integer, integer, text, text[], double precision, bigint, text[], text[], text) IS
'traverse, by a longer name.';
