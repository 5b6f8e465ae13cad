CREATE OR REPLACE FUNCTION hartonomous.explain_relation(a text, b text)
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
    relation_id uuid
)
LANGUAGE plpgsql VOLATILE STRICT ROWS 20
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT
        ca.label, cb.label, t.name, r.elo_score,
        s.source_identifier, s.kind, p.position, e.weight, e.rank, r.relation_id
    FROM (
        VALUES
            (hartonomous.find_composition(explain_relation.a), hartonomous.find_composition(explain_relation.b)),
            (hartonomous.find_composition(explain_relation.b), hartonomous.find_composition(explain_relation.a))
    ) AS d (from_id, to_id)
    CROSS JOIN hartonomous.relation_type AS t
    CROSS JOIN LATERAL hartonomous.relations_from(ARRAY[d.from_id], t.name) AS r
    INNER JOIN hartonomous.relation_evidence AS e ON e.relation_id = r.relation_id
    INNER JOIN hartonomous.content AS s ON s.content_id = e.content_id AND s.state = 'live'
    INNER JOIN hartonomous.site AS p ON p.site_id = e.site_id
    INNER JOIN hartonomous.composition AS ca ON ca.composition_id = d.from_id
    INNER JOIN hartonomous.composition AS cb ON cb.composition_id = d.to_id
    WHERE r.composition_b_id = d.to_id
    ORDER BY
        ca.label = explain_relation.a DESC, t.relation_type_id, s.source_identifier, p.position;
END
$$;

COMMENT ON FUNCTION hartonomous.explain_relation(text, text) IS
'Every piece of live evidence for the relations between two concepts, in both directions: which source, which site, how strongly, at which rank.';
