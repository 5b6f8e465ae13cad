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
    relation_id hartonomous.relation_key
)
LANGUAGE sql STABLE ROWS 20
AS $$
<<<<<<< HEAD
=======
#variable_conflict use_column
DECLARE
    v_a constant uuid := hartonomous.find_composition(explain_relation.a);
    v_b constant uuid := hartonomous.find_composition(explain_relation.b);
BEGIN
    RETURN QUERY
    WITH observation AS MATERIALIZED (
        SELECT d.from_id, d.to_id, (e.relation_id).relation_type_id AS type_id,
            e.content_id, e.site_id, e.weight, e.rank
        FROM (VALUES (v_a, v_b), (v_b, v_a)) AS d (from_id, to_id)
        INNER JOIN hartonomous.relation_evidence AS e
            ON (e.relation_id).composition_a_id = d.from_id AND (e.relation_id).composition_b_id = d.to_id
        WHERE d.from_id <> d.to_id
    ),
    rated AS (
        SELECT o.from_id, o.type_id, hartonomous.elo_from_evidence(
            count(*),
            sum(round(o.weight * hartonomous.weight_unit())::bigint)::bigint,
            count(DISTINCT o.content_id),
            count(*) FILTER (WHERE o.weight = 0 AND o.rank IS NULL)
        ) AS elo_score,
        count(*) > count(*) FILTER (WHERE o.weight = 0 AND o.rank IS NULL) AS holds
        FROM observation AS o
        GROUP BY o.from_id, o.type_id
    )
>>>>>>> rooms-query
    SELECT
        e.from_label, e.to_label, e.relation_type, e.elo_score, e.source_identifier,
        e.kind, e.site_position, e.weight, e.rank, e.relation_id
    FROM hartonomous.explain(a, b) AS e
$$;

COMMENT ON FUNCTION hartonomous.explain_relation(text, text) IS
'explain, by a longer name.';
