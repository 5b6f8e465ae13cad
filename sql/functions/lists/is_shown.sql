-- Every source has a row of each concept that it names, so one look a partition tells who knows it;
-- none is needed while nothing is quarantined.
CREATE OR REPLACE FUNCTION hartonomous.is_shown(p_composition_id uuid)
RETURNS boolean
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM hartonomous.content AS c WHERE c.state = 'quarantined')
        AND hartonomous.dropped_sources() = '{}' THEN
        RETURN TRUE;
    END IF;
    RETURN EXISTS (
        SELECT FROM hartonomous.composition AS n
        INNER JOIN hartonomous.relation_list AS l ON l.composition_number = n.composition_number
        INNER JOIN hartonomous.content AS c ON c.content_id = l.content_id AND c.state = 'live'
        WHERE n.composition_id = p_composition_id
    );
END
$$;

COMMENT ON FUNCTION hartonomous.is_shown(uuid) IS
'Internal: whether a live source knows a concept; what only quarantined ones know shows in nothing.';
