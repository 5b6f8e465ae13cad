CREATE OR REPLACE FUNCTION hartonomous_internal.known_by(p_composition_number integer)
RETURNS TABLE (
    content_id integer, strength integer, strength_floor integer, contrast integer, contrast_floor integer,
    is_known boolean
)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET jit = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT
        c.content_id, m.strength, f.strength, n.contrast, f.contrast,
        m.strength IS NOT NULL
        AND (f.content_id IS NULL OR (m.strength >= f.strength AND n.contrast >= f.contrast))
    FROM hartonomous_internal.voting_sites() AS v
    INNER JOIN hartonomous.content AS c ON c.content_id = v.content_id AND hartonomous_internal.is_in_scope(c)
    INNER JOIN hartonomous.relation_list AS l
        ON l.composition_number = p_composition_number AND l.content_id = v.content_id AND l.site_id = v.site_id
    LEFT JOIN hartonomous.source_floor AS f ON f.content_id = v.content_id
    CROSS JOIN LATERAL (SELECT hartonomous_internal.list_strength(l) AS strength) AS m
    CROSS JOIN LATERAL (SELECT hartonomous_internal.list_contrast(m.strength, l.cut) AS contrast) AS n;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.known_by(integer) IS
'Internal: which live sources that vote list a concept, how strongly, and whether that is above chance.';
