CREATE OR REPLACE FUNCTION hartonomous.compare_snapshots(a text, b text, max_results integer DEFAULT 20)
RETURNS TABLE (
    from_label text,
    to_label text,
    relation_type text,
    elo_a double precision,
    elo_b double precision,
    change double precision
)
LANGUAGE plpgsql VOLATILE ROWS 20
SET search_path = pg_catalog, pg_temp
SET work_mem = '256MB'
AS $$
BEGIN
    -- a relation that only one snapshot has counts as 1500, the rating without evidence
    RETURN QUERY EXECUTE format(
        'WITH changed AS MATERIALIZED ('
        '    SELECT relation_id, s.elo_score AS elo_a, t.elo_score AS elo_b,'
        '        coalesce(t.elo_score, 1500) - coalesce(s.elo_score, 1500) AS change'
        '    FROM hartonomous.%I AS s FULL JOIN hartonomous.%I AS t USING (relation_id)'
        '    WHERE s.elo_score IS DISTINCT FROM t.elo_score'
        '    ORDER BY abs(coalesce(t.elo_score, 1500) - coalesce(s.elo_score, 1500)) DESC, relation_id LIMIT $1'
        ') SELECT ca.label, cb.label, y.name, c.elo_a, c.elo_b, c.change'
        ' FROM changed AS c'
        ' INNER JOIN hartonomous.relation AS r ON r.relation_id = c.relation_id'
        ' INNER JOIN hartonomous.relation_type AS y ON y.relation_type_id = r.relation_type_id'
        ' INNER JOIN hartonomous.composition AS ca ON ca.composition_id = r.composition_a_id'
        ' INNER JOIN hartonomous.composition AS cb ON cb.composition_id = r.composition_b_id'
        ' ORDER BY abs(c.change) DESC, c.relation_id',
        'rating_snapshot_' || hartonomous.require_snapshot(compare_snapshots.a),
        'rating_snapshot_' || hartonomous.require_snapshot(compare_snapshots.b)
    ) USING compare_snapshots.max_results;
END
$$;

COMMENT ON FUNCTION hartonomous.compare_snapshots(text, text, integer) IS
'The relations whose ratings differ most between two snapshots; null where a snapshot did not have the relation.';
