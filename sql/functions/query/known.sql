CREATE OR REPLACE FUNCTION hartonomous.known(
    label text,
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS TABLE (
    source_identifier text,
    is_known boolean,
    strength double precision,
    strength_floor double precision,
    contrast double precision,
    contrast_floor double precision
)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
    c_million constant double precision := 1e6;
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
    v_unit constant double precision := hartonomous_internal.weight_unit();
    v_number constant integer := hartonomous_internal.find_composition_number(known.label);
BEGIN
    PERFORM hartonomous_internal.require_loaded();
    RETURN QUERY
    SELECT
        c.source_identifier, k.is_known, k.strength / v_unit, k.strength_floor / v_unit, k.contrast / c_million,
        k.contrast_floor / c_million
    FROM hartonomous_internal.known_by(v_number) AS k
    INNER JOIN hartonomous.content AS c ON c.content_id = k.content_id
    ORDER BY k.is_known DESC, c.source_identifier COLLATE "C";
    PERFORM hartonomous_internal.leave_scope(v_scope);
END
$$;

COMMENT ON FUNCTION hartonomous.known(text, text[], text[], text) IS
'Which live models list a concept, and whether they know it above chance: whether the mean weight of the first ten of its list (strength), and how far that stands above the list''s end (contrast), reach the source''s floors; no row where nobody lists it. Floors are null where a source has too few concepts.';
