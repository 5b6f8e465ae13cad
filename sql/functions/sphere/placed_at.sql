CREATE OR REPLACE FUNCTION hartonomous_internal.placed_at(p_composition_id uuid)
RETURNS double precision[]
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_at double precision[];
BEGIN
    SELECT ARRAY[p.x, p.y, p.z, p.w] INTO v_at
    FROM hartonomous.composition_position AS p
    WHERE p.composition_id = p_composition_id;
    IF v_at IS NULL THEN
        PERFORM hartonomous_internal.refuse_unplaced(p_composition_id);
    END IF;
    RETURN v_at;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.placed_at(uuid) IS
'Internal: where the substrate puts a concept; an error where it has no position.';
