CREATE OR REPLACE FUNCTION hartonomous_internal.diff_bounds(
    p_ids integer[], p_positions text[], p_bounds double precision[], OUT positions text[], OUT bounds integer[]
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF p_bounds IS NULL THEN
        SELECT array_agg(s.site_position), array_agg(s.bound)
        INTO positions, bounds
        FROM hartonomous_internal.site_changes(p_ids[1], p_ids[2], p_ids[3:], p_positions) AS s
        WHERE s.moved > 0;
        RETURN;
    END IF;
    IF p_positions IS NULL OR cardinality(p_positions) <> cardinality(p_bounds)
        OR (0 <= ALL (p_bounds) AND 1 >= ALL (p_bounds)) IS NOT TRUE THEN
        RAISE EXCEPTION 'bounds lie from 0 to 1, one for each of positions' USING ERRCODE = 'HT004';
    END IF;
    positions := p_positions;
    bounds := array(
        SELECT round(b.bound * hartonomous_internal.weight_unit())::integer
        FROM unnest(p_bounds) WITH ORDINALITY AS b (bound, place) ORDER BY b.place
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.diff_bounds(integer[], text[], double precision[]) IS
'Internal to diff_relations and diff_concepts: sites and beyond which change in parts of 2^20 a list counts as moved there: as given, else as diff finds them.';
