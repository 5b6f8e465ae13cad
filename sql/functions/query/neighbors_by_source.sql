CREATE OR REPLACE FUNCTION hartonomous.neighbors_by_source(
    label text, max_results integer DEFAULT 10,
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS TABLE (
    source_identifier text,
    rank integer,
    neighbor text,
    weight double precision,
    held_by bigint
)
LANGUAGE plpgsql STABLE ROWS 60
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
    v_a constant integer := hartonomous_internal.known_number(neighbors_by_source.label);
BEGIN
    PERFORM hartonomous_internal.require_positive('max_results', neighbors_by_source.max_results);
    RETURN QUERY
    SELECT c.source_identifier, n.rank, b.label, n.weight, count(*) OVER (PARTITION BY n.neighbour)
    FROM hartonomous_internal.voting_sites() AS v
    INNER JOIN hartonomous.content AS c ON c.content_id = v.content_id AND hartonomous_internal.is_in_scope(c)
    INNER JOIN hartonomous.relation_list AS l
        ON l.composition_number = v_a AND l.content_id = v.content_id AND l.site_id = v.site_id
    CROSS JOIN LATERAL (
        SELECT
            e.neighbour,
            e.weight::double precision / hartonomous_internal.weight_unit() AS weight,
            row_number() OVER (ORDER BY e.place)::integer AS rank
        FROM unnest(l.neighbours, l.weights) WITH ORDINALITY AS e (neighbour, weight, place)
        WHERE e.neighbour > 0
        ORDER BY e.place
        LIMIT neighbors_by_source.max_results
    ) AS n
    INNER JOIN hartonomous.composition AS b ON b.composition_number = n.neighbour
    ORDER BY c.source_identifier COLLATE "C", n.rank;
    PERFORM hartonomous_internal.leave_scope(v_scope);
END
$$;

COMMENT ON FUNCTION hartonomous.neighbors_by_source(text, integer, text[], text[], text) IS
'What each source that votes lists first for a concept, side by side: the rank there, and how many of the shown lists hold it.';
