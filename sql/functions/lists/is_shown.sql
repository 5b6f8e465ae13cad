-- Every source has a row of each concept that it names, so one look a partition tells who knows it;
-- none is needed while nothing is quarantined.
CREATE OR REPLACE FUNCTION hartonomous_internal.is_shown(p_composition_id uuid)
RETURNS boolean
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    v_without constant integer[] := hartonomous_internal.out_of_scope();
BEGIN
    IF v_without = '{}' AND hartonomous_internal.dropped_sources() = '{}' THEN
        RETURN TRUE;
    END IF;
    RETURN EXISTS (
        SELECT FROM hartonomous.composition AS n
        INNER JOIN hartonomous.relation_list AS l ON l.composition_number = n.composition_number
        WHERE n.composition_id = p_composition_id AND l.content_id <> ALL (v_without)
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.is_shown(uuid) IS
'Internal: whether a source in scope knows a concept; what only others know shows in nothing.';
