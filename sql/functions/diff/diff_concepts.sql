CREATE OR REPLACE FUNCTION hartonomous.diff_concepts(
    a text, b text, nulls text[] DEFAULT '{}', positions text[] DEFAULT NULL,
    bounds double precision[] DEFAULT NULL, max_results integer DEFAULT 10,
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS TABLE (concept text, moved_sites bigint, compared_sites bigint, change double precision)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
SET jit = off
SET work_mem = '64MB'
AS $$
#variable_conflict use_column
DECLARE
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
    v_ids constant integer[] := hartonomous_internal.diffed_sources(diff_concepts.a, diff_concepts.b, diff_concepts.nulls);
    v_unit constant double precision := hartonomous_internal.weight_unit();
    v_twins constant record := hartonomous_internal.own_twins(v_ids[1], v_ids[2]);
    v_bounds record;
BEGIN
    PERFORM hartonomous_internal.require_positive('max_results', diff_concepts.max_results);
    v_bounds := hartonomous_internal.diff_bounds(v_ids, diff_concepts.positions, diff_concepts.bounds);
    RETURN QUERY
    SELECT c.label, s.moved, s.compared, s.change / v_unit
    FROM (
        SELECT
            l.number, count(*) FILTER (WHERE l.change > d.bound) AS moved, count(*) AS compared,
            sum(l.change) FILTER (WHERE l.change > d.bound) AS change
        FROM hartonomous_internal.paired_sites(v_ids[1], v_ids[2], coalesce(v_bounds.positions, '{}')) AS p
        CROSS JOIN LATERAL hartonomous_internal.list_changes(
            v_ids[1], v_ids[2], p.a_site, p.b_site, p.a_starts, p.b_starts, p.lengths, v_twins.below, v_twins.numbers
        ) AS l
        INNER JOIN unnest(v_bounds.positions, v_bounds.bounds) AS d (position, bound) ON d.position = p.positions[l.place]
        GROUP BY l.number
    ) AS s
    INNER JOIN hartonomous.composition AS c ON c.composition_number = s.number
    WHERE s.moved > 0
    ORDER BY s.moved DESC, s.change DESC, c.composition_id
    LIMIT diff_concepts.max_results;
    PERFORM hartonomous_internal.leave_scope(v_scope);
END
$$;

COMMENT ON FUNCTION hartonomous.diff_concepts(
    text, text, text[], text[], double precision[], integer, text[], text[], text
) IS
'The concepts whose lists moved at most sites from one live source to another of the same vocabulary, by more than bounds, which diff says of each site: at how many sites, of how many, and by how much together.';
