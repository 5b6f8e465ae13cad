CREATE OR REPLACE FUNCTION hartonomous.explain(
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
LANGUAGE plpgsql STABLE ROWS 20
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
    v_a constant uuid := hartonomous_internal.known_composition(explain.a);
    v_b constant uuid := hartonomous_internal.known_composition(explain.b);
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
            sum(round(o.weight * hartonomous_internal.weight_unit())::bigint)::bigint,
            count(DISTINCT o.content_id),
            count(*) FILTER (WHERE o.weight = 0 AND o.rank IS NULL)
        ) AS elo_score,
        count(*) > count(*) FILTER (WHERE o.weight = 0 AND o.rank IS NULL) AS holds
        FROM observation AS o
        GROUP BY o.from_id, o.type_id
    )
    SELECT
        ca.label, cb.label, t.name, r.elo_score,
        s.source_identifier, s.kind, p.position, o.weight, o.rank,
        (p.settings #>> '{signal,score}')::double precision - (p.settings #>> '{signal,"null"}')::double precision,
        ROW(o.from_id, o.to_id, o.type_id)::hartonomous.relation_key
    FROM observation AS o
    INNER JOIN rated AS r ON r.from_id = o.from_id AND r.type_id = o.type_id AND r.holds
    INNER JOIN hartonomous.content AS s ON s.content_id = o.content_id
    INNER JOIN hartonomous.site AS p ON p.site_id = o.site_id
    INNER JOIN hartonomous.relation_type AS t ON t.relation_type_id = o.type_id
    INNER JOIN hartonomous.composition AS ca ON ca.composition_id = o.from_id
    INNER JOIN hartonomous.composition AS cb ON cb.composition_id = o.to_id
    ORDER BY o.from_id = v_a DESC, t.name COLLATE "C", s.source_identifier COLLATE "C", p.position COLLATE "C";
    PERFORM hartonomous_internal.leave_scope(v_scope);
END
$$;

COMMENT ON FUNCTION hartonomous.explain(text, text, text[], text[], text) IS
'Every piece of live evidence for the relations that hold between two concepts, in both directions: which source, which site, how strongly, at which rank, and how far the site stood above chance where it was screened.';
