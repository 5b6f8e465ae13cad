-- Regions are told by how a label is written, as that is all that every vocabulary says of itself.
CREATE OR REPLACE FUNCTION hartonomous.compare_sources(
    a text, b text, k integer DEFAULT 10,
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS TABLE (
    region text,
    concepts bigint,
    agreement double precision,
    only_a bigint,
    only_b bigint,
    known_to_a_alone bigint,
    known_to_b_alone bigint,
    apart text[]
)
LANGUAGE plpgsql STABLE ROWS 8
SET search_path = pg_catalog, pg_temp
SET jit = off
SET work_mem = '64MB'
AS $$
#variable_conflict use_column
DECLARE
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
    c_most_k constant integer := 1000;
    c_apart constant integer := 5;
    v_live constant integer[] := hartonomous_internal.compared_sites(compare_sources.a, compare_sources.b);
BEGIN
    IF compare_sources.k IS NULL OR compare_sources.k NOT BETWEEN 1 AND c_most_k THEN
        RAISE EXCEPTION 'k lies from 1 to %', c_most_k USING ERRCODE = 'HT004';
    END IF;
    RETURN QUERY
    WITH x AS MATERIALIZED (
        SELECT l.composition_number AS c, l.neighbours FROM hartonomous.relation_list AS l
        WHERE l.content_id = v_live[1] AND l.site_id = v_live[2]
    ),
    y AS MATERIALIZED (
        SELECT l.composition_number AS c, l.neighbours FROM hartonomous.relation_list AS l
        WHERE l.content_id = v_live[3] AND l.site_id = v_live[4]
    ),
    -- of each list the first k that both sources know
    known AS MATERIALIZED (
        SELECT x.c, x.neighbours AS first, y.neighbours AS second FROM x INNER JOIN y ON y.c = x.c
    ),
    cut AS MATERIALIZED (
        SELECT d.c, d.is_first, (array_agg(d.n ORDER BY d.place))[:compare_sources.k] AS held
        FROM (
            SELECT w.c, TRUE AS is_first, n.n, n.place
            FROM known AS w CROSS JOIN LATERAL unnest(w.first) WITH ORDINALITY AS n (n, place)
            UNION ALL
            SELECT w.c, FALSE, n.n, n.place
            FROM known AS w CROSS JOIN LATERAL unnest(w.second) WITH ORDINALITY AS n (n, place)
        ) AS d
        INNER JOIN known AS o ON o.c = d.n
        GROUP BY d.c, d.is_first
    ),
    counted AS MATERIALIZED (
        SELECT
            p.c, cardinality(p.held) AS first, cardinality(q.held) AS second,
            (SELECT count(*) FROM unnest(p.held) AS u (n) WHERE u.n = ANY (q.held)) AS shared
        FROM cut AS p
        INNER JOIN cut AS q ON q.c = p.c AND NOT q.is_first
        WHERE p.is_first
    ),
    seen AS (
        SELECT
            hartonomous_internal.label_region(c.label, c.kind) AS region, c.label, c.composition_id,
            n.first, n.second, n.shared, x.c AS in_a, y.c AS in_b,
            n.shared::double precision / least(n.first, n.second) AS share
        FROM x
        FULL JOIN y ON y.c = x.c
        INNER JOIN hartonomous.composition AS c ON c.composition_number = coalesce(x.c, y.c)
        LEFT JOIN counted AS n ON n.c = c.composition_number
    )
    SELECT
        s.region, count(s.share), avg(s.share ORDER BY s.composition_id),
        coalesce(sum(s.first - s.shared), 0)::bigint, coalesce(sum(s.second - s.shared), 0)::bigint,
        count(*) FILTER (WHERE s.in_b IS NULL), count(*) FILTER (WHERE s.in_a IS NULL),
        coalesce((
            array_agg(s.label ORDER BY s.share, s.first + s.second DESC, s.composition_id)
                FILTER (WHERE s.share IS NOT NULL)
        )[:c_apart], '{}')
    FROM seen AS s
    GROUP BY s.region
    ORDER BY 2 DESC, s.region;
    PERFORM hartonomous_internal.leave_scope(v_scope);
END
$$;

COMMENT ON FUNCTION hartonomous.compare_sources(text, text, integer, text[], text[], text) IS
'How two live models'' lists agree, by region of the vocabulary (words, names, pieces, phrases, numbers, other scripts, signs, other kinds): common concepts, the share of the first k that both list, of what both know; relations that one alone lists; concepts that one alone knows; the concepts on which they are furthest apart.';
