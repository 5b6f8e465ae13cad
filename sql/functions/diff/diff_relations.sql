CREATE OR REPLACE FUNCTION hartonomous.diff_relations(
    a text, b text, nulls text[] DEFAULT '{}', positions text[] DEFAULT NULL,
    bounds double precision[] DEFAULT NULL, max_results integer DEFAULT 40,
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS TABLE (
    site_position text,
    concept text,
    neighbor text,
    is_gained boolean,
    change double precision,
    rank_a bigint,
    rank_b bigint
)
LANGUAGE plpgsql STABLE ROWS 40
SET search_path = pg_catalog, pg_temp
SET jit = off
SET work_mem = '64MB'
AS $$
#variable_conflict use_column
DECLARE
    c_most constant integer := 100000;
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
    v_ids constant integer[] := hartonomous_internal.diffed_sources(diff_relations.a, diff_relations.b, diff_relations.nulls);
    v_unit constant double precision := hartonomous_internal.weight_unit();
    v_bounds record;
BEGIN
    IF diff_relations.max_results IS NULL OR diff_relations.max_results NOT BETWEEN 1 AND c_most THEN
        RAISE EXCEPTION 'max_results lies from 1 to %', c_most USING ERRCODE = 'HT004';
    END IF;
    v_bounds := hartonomous_internal.diff_bounds(v_ids, diff_relations.positions, diff_relations.bounds);
    RETURN QUERY
    SELECT
        r.site_position, x.label, y.label, r.is_gained, r.change / v_unit,
        CASE WHEN NOT r.is_gained THEN r.rank END, CASE WHEN r.is_gained THEN r.rank END
    FROM hartonomous_internal.moved_relations(
        v_ids[1], v_ids[2], v_bounds.positions, v_bounds.bounds, diff_relations.max_results
    ) AS r
    INNER JOIN hartonomous.composition AS x ON x.composition_number = r.number
    INNER JOIN hartonomous.composition AS y ON y.composition_number = r.neighbour
    ORDER BY r.change DESC, x.composition_id, y.composition_id, r.site_position COLLATE "C"
    LIMIT diff_relations.max_results;
    PERFORM hartonomous_internal.leave_scope(v_scope);
END
$$;

COMMENT ON FUNCTION hartonomous.diff_relations(
    text, text, text[], text[], double precision[], integer, text[], text[], text
) IS
'The relations that one live source lists and another of the same vocabulary does not, at all sites or some, by more than bounds, which diff says of each, strongest first: gained where the second lists it; by how much its weight changed at least; its rank where it is listed.';
