CREATE OR REPLACE FUNCTION hartonomous_internal.take_out_noted_evidence()
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET work_mem = '64MB'
AS $$
DECLARE
    v_contents integer[];
    v_touched integer[];
    v_count bigint;
BEGIN
    PERFORM hartonomous_internal.require_own_table('outgoing_evidence');
    PERFORM hartonomous_internal.trace_evidence();
    ANALYZE pg_temp.outgoing_evidence;
    WITH dead AS MATERIALIZED (
        SELECT DISTINCT
            a.composition_number AS a, b.composition_number AS b, o.relation_type_id,
            s.content_id, s.group_site_id, s.group_place, s.group_length
        FROM pg_temp.outgoing_evidence AS o
        INNER JOIN hartonomous.composition AS a ON a.composition_id = o.composition_a_id
        INNER JOIN hartonomous.composition AS b ON b.composition_id = o.composition_b_id
        INNER JOIN hartonomous.site AS s ON s.site_id = o.site_id
    ),
    list AS MATERIALIZED (
        SELECT DISTINCT d.a, d.content_id, d.group_site_id, d.relation_type_id FROM dead AS d
    ),
    fresh AS (
        SELECT
            t.a, t.content_id, t.group_site_id, t.relation_type_id,
            array_agg(CASE WHEN d.b IS NULL THEN e.neighbour ELSE 0 END ORDER BY e.place) AS neighbours,
            array_agg(CASE WHEN d.b IS NULL THEN e.weight ELSE 0 END ORDER BY e.place) AS weights
        FROM list AS t
        INNER JOIN hartonomous.relation_list AS l
            ON l.composition_number = t.a
                AND l.content_id = t.content_id
                AND l.site_id = t.group_site_id
                AND l.relation_type_id = t.relation_type_id
        CROSS JOIN LATERAL unnest(l.neighbours, l.weights) WITH ORDINALITY AS e (neighbour, weight, place)
        LEFT JOIN dead AS d
            ON d.a = t.a
                AND d.b = e.neighbour
                AND d.content_id = t.content_id
                AND d.group_site_id = t.group_site_id
                AND d.relation_type_id = t.relation_type_id
                AND d.group_place = coalesce((e.place - 1) / d.group_length, 0)
        GROUP BY t.a, t.content_id, t.group_site_id, t.relation_type_id
    ),
    changed AS (
        UPDATE hartonomous.relation_list AS l SET neighbours = f.neighbours, weights = f.weights
        FROM fresh AS f
        WHERE l.composition_number = f.a
            AND l.content_id = f.content_id
            AND l.site_id = f.group_site_id
            AND l.relation_type_id = f.relation_type_id
    )
    SELECT
        count(*),
        coalesce(array_agg(DISTINCT d.content_id), '{}'),
        array(SELECT u.a FROM dead AS u UNION SELECT u.b FROM dead AS u)
    INTO v_count, v_contents, v_touched
    FROM dead AS d;
    DELETE FROM pg_temp.outgoing_evidence;
    IF v_count = 0 THEN
        RETURN 0;
    END IF;
    PERFORM hartonomous_internal.drop_summaries(v_touched);
    PERFORM hartonomous_internal.drop_empty_rows(v_contents, v_touched);
    PERFORM hartonomous_internal.prune_compositions(v_touched);
    PERFORM hartonomous_internal.drop_charts(v_contents);
    PERFORM hartonomous_internal.drop_empty_sources(v_contents);
    PERFORM hartonomous_internal.refresh_source_pairs(v_contents);
    RETURN v_count;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.take_out_noted_evidence() IS
'Internal: takes the observations that were noted out of their lists, with what nothing else supports; returns how many.';
