-- Near copies of a source share one vote, and a source that agrees with nobody has none. Products only,
-- summed in the order of the sources' names: the same bits on every machine.
CREATE OR REPLACE FUNCTION hartonomous.consensus_weights()
RETURNS TABLE (content_id integer, site_id integer, weight integer)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH live AS MATERIALIZED (
        SELECT c.content_id AS s, v.site_id, c.source_identifier COLLATE "C" AS name
        FROM hartonomous_internal.voting_sites() AS v
        INNER JOIN hartonomous.content AS c ON c.content_id = v.content_id AND hartonomous_internal.is_in_scope(c)
    ),
    overlap AS MATERIALIZED (
        SELECT p.content_id AS s, p.other_id AS t, b.name,
            p.shared / greatest(sqrt(p.known::double precision * q.known::double precision), 1) AS o
        FROM hartonomous.source_pair AS p
        INNER JOIN hartonomous.source_pair AS q ON q.content_id = p.other_id AND q.other_id = p.content_id
        INNER JOIN live AS a ON a.s = p.content_id
        INNER JOIN live AS b ON b.s = p.other_id
    ),
    kin AS MATERIALIZED (
        SELECT o.*, (o.o * o.o) * (o.o * o.o) * ((o.o * o.o) * (o.o * o.o)) AS g FROM overlap AS o
    ),
    share AS MATERIALIZED (
        SELECT l.s, l.site_id, 1 / (1 + coalesce(sum(k.g ORDER BY k.name), 0)) AS f
        FROM live AS l
        LEFT JOIN kin AS k ON k.s = l.s
        GROUP BY l.s, l.site_id
    ),
    agreement AS MATERIALIZED (
        SELECT k.s,
            sum(f.f * (1 - k.g) * k.o ORDER BY k.name) / greatest(sum(f.f * (1 - k.g) ORDER BY k.name), 1e-9) AS a
        FROM kin AS k
        INNER JOIN share AS f ON f.s = k.t
        GROUP BY k.s
    ),
    vote AS MATERIALIZED (
        SELECT s.s, s.site_id, s.f * coalesce(a.a, 0) * coalesce(a.a, 0) AS w
        FROM share AS s
        LEFT JOIN agreement AS a ON a.s = s.s
    )
    SELECT v.s, v.site_id,
        CASE
            -- nothing to compare: all alike
            WHEN m.most = 0 THEN 1000
            ELSE floor(1000 * v.w / m.most + 0.5)::integer
        END
    FROM vote AS v
    CROSS JOIN (SELECT max(u.w) AS most FROM vote AS u) AS m;
END
$$;

COMMENT ON FUNCTION hartonomous.consensus_weights() IS
'What the vote of each live source that votes weighs, 0 to 1000, from how far it agrees with the others.';
