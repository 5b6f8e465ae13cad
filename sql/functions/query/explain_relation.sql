CREATE OR REPLACE FUNCTION hartonomous.explain_relation(
    a text, b text,
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS TABLE (
    from_label text,
    to_label text,
    relation_type text,
    elo_score double precision,
    source_identifier text,
    kind text,
    site_position text,
    weight real,
    rank smallint,
    signal double precision,
    relation_id hartonomous.relation_key
)
LANGUAGE sql STABLE ROWS 20
AS $$
    SELECT
        e.from_label, e.to_label, e.relation_type, e.elo_score, e.source_identifier,
        e.kind, e.site_position, e.weight, e.rank, e.signal, e.relation_id
    FROM hartonomous.explain(a, b, sources, without, as_of) AS e
$$;

COMMENT ON FUNCTION hartonomous.explain_relation(text, text, text[], text[], text) IS
'explain, by a longer name.';
