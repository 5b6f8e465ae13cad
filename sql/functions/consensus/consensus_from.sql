-- Two hops of votes. F(a,b) adds up the evidence of a's lists for b, each source's times its weight. The 16
-- best b of a, ties by the concepts' ids, are looked at from their side: G(a,b) = F(a,b) + F(b,a), and each
-- of them, as a middle, passes G(a,c) on along its own lists in parts of their sum:
-- S(a,b) = 4096 G(a,b) + sum over c of min(12288, 12288 G(a,c) div sum F(c,x)) F(c,b). Those behind keep
-- 4096 F(a,b), which is less.
CREATE OR REPLACE FUNCTION hartonomous_internal.consensus_from(
    p_composition_number integer, p_content_ids integer[], p_site_ids integer[], p_weights integer[]
)
RETURNS TABLE (b integer, score bigint, holders bigint)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET jit = off
SET enable_mergejoin = off
SET work_mem = '64MB'
AS $$
#variable_conflict use_column
DECLARE
    c_middles constant integer := 16;
    v_b integer[];
    v_f bigint[];
    v_holders bigint[];
    v_near integer[];
BEGIN
    SELECT array_agg(x.b), array_agg(x.votes), array_agg(x.holders)
    INTO v_b, v_f, v_holders
    FROM hartonomous_internal.list_votes(
        ARRAY[p_composition_number], p_content_ids, p_site_ids, p_weights
    ) AS x;
    IF v_b IS NULL THEN
        RETURN;
    END IF;
    v_near := array(
        SELECT n.b FROM (
            SELECT x.b, x.f FROM unnest(v_b, v_f) AS x (b, f)
            ORDER BY x.f DESC FETCH FIRST c_middles ROWS WITH TIES
        ) AS n
        INNER JOIN hartonomous.composition AS c ON c.composition_number = n.b
        ORDER BY n.f DESC, c.composition_id LIMIT c_middles
    );
    RETURN QUERY
    WITH step AS MATERIALIZED (
        SELECT x.a AS c, x.b, x.votes AS f
        FROM hartonomous_internal.list_votes(v_near, p_content_ids, p_site_ids, p_weights) AS x
    ),
    direct AS MATERIALIZED (
        SELECT x.b, x.f, x.holders, x.b = ANY (v_near) AS is_near,
            x.f + coalesce(back.f, 0) AS g
        FROM unnest(v_b, v_f, v_holders) AS x (b, f, holders)
        LEFT JOIN step AS back ON back.c = x.b AND back.b = p_composition_number
    ),
    middle AS MATERIALIZED (
        SELECT d.b AS c, least(12288, 12288 * d.g / greatest(t.total, 1)) AS r
        FROM direct AS d
        INNER JOIN (SELECT s.c, sum(s.f)::bigint AS total FROM step AS s GROUP BY s.c) AS t ON t.c = d.b
        WHERE d.is_near
    ),
    passed AS (
        SELECT s.b, sum(m.r * s.f)::bigint AS h
        FROM step AS s
        INNER JOIN middle AS m ON m.c = s.c
        GROUP BY s.b
    )
    SELECT d.b, 4096 * d.g + CASE WHEN d.is_near THEN coalesce(p.h, 0) ELSE 0 END, d.holders
    FROM direct AS d
    LEFT JOIN passed AS p ON p.b = d.b;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.consensus_from(integer, integer[], integer[], integer[]) IS
'Internal: what the votes of sources add up to for the relations that start from a concept, and how many sources list each.';
