-- A summary counts while every source that it covers lives.
CREATE OR REPLACE FUNCTION hartonomous_internal.summarised(p_composition_numbers integer[], p_relation_type_id integer)
RETURNS integer[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    v_dropped constant integer[] := hartonomous_internal.dropped_sources();
BEGIN
    RETURN array(
        SELECT s.composition_number
        FROM hartonomous.relation_summary AS s
        WHERE s.composition_number = ANY (p_composition_numbers)
            AND s.relation_type_id = p_relation_type_id
            AND s.neighbours IS NOT NULL
            AND hartonomous_internal.are_live(s.content_ids)
            AND NOT s.content_ids && v_dropped
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.summarised(integer[], integer) IS
'Internal: those of some concepts whose relations of a type have a summary of live sources alone.';
