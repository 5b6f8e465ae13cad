-- Ratings differ only where sources that one snapshot has and the other hasn't say something.
CREATE OR REPLACE FUNCTION hartonomous.compare_snapshots(a text, b text, max_results integer DEFAULT 20)
RETURNS TABLE (
    from_label text,
    to_label text,
    relation_type text,
    elo_a double precision,
    elo_b double precision,
    change double precision
)
LANGUAGE plpgsql STABLE ROWS 20
SET search_path = pg_catalog, pg_temp
SET jit = off
SET work_mem = '256MB'
AS $$
#variable_conflict use_column
DECLARE
    v_a constant integer[] := hartonomous_internal.sources_of_snapshot(compare_snapshots.a);
    v_b constant integer[] := hartonomous_internal.sources_of_snapshot(compare_snapshots.b);
    v_all constant integer[] := array(SELECT c.content_id FROM hartonomous.content AS c);
    v_numbers constant integer[] := hartonomous_internal.named_compositions(array(
        SELECT u.id FROM unnest(v_a || v_b) AS u (id) WHERE (u.id = ANY (v_a)) <> (u.id = ANY (v_b))
    ));
BEGIN
    PERFORM hartonomous_internal.require_positive('max_results', compare_snapshots.max_results);
    -- a relation that only one snapshot has counts as 1500, the rating without evidence
    RETURN QUERY
    SELECT ca.label, cb.label, t.name, d.elo_a, d.elo_b, d.change
    FROM (
        SELECT
            a, b, relation_type_id, x.elo_score AS elo_a, y.elo_score AS elo_b,
            coalesce(y.elo_score, 1500) - coalesce(x.elo_score, 1500) AS change
        FROM hartonomous_internal.rate_lists(v_numbers, array(SELECT u.id FROM unnest(v_all) AS u (id) WHERE u.id <> ALL (v_a))) AS x
        FULL JOIN hartonomous_internal.rate_lists(
            v_numbers, array(SELECT u.id FROM unnest(v_all) AS u (id) WHERE u.id <> ALL (v_b))
        ) AS y USING (a, b, relation_type_id)
        WHERE x.elo_score IS DISTINCT FROM y.elo_score
        ORDER BY abs(coalesce(y.elo_score, 1500) - coalesce(x.elo_score, 1500)) DESC
        FETCH FIRST compare_snapshots.max_results ROWS WITH TIES
    ) AS d
    INNER JOIN hartonomous.composition AS ca ON ca.composition_number = d.a
    INNER JOIN hartonomous.composition AS cb ON cb.composition_number = d.b
    INNER JOIN hartonomous.relation_type AS t ON t.relation_type_id = d.relation_type_id
    ORDER BY abs(d.change) DESC, ca.composition_id, cb.composition_id, t.name
    LIMIT compare_snapshots.max_results;
END
$$;

COMMENT ON FUNCTION hartonomous.compare_snapshots(text, text, integer) IS
'The relations whose ratings differ most between two snapshots, by the sources that are there still; null where a snapshot did not have the relation.';
