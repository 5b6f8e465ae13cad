CREATE OR REPLACE FUNCTION hartonomous_internal.named_by_nobody_else(p_candidates integer[], p_but integer[])
RETURNS integer[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_left integer[] := array(
        SELECT u.number FROM unnest(p_candidates) AS u (number)
        WHERE u.number <> ALL (p_but) AND NOT EXISTS (
            SELECT FROM hartonomous.relation_list AS l
            CROSS JOIN LATERAL unnest(l.neighbours) AS e (neighbour)
            WHERE l.composition_number = u.number AND e.neighbour <> 0 AND e.neighbour <> ALL (p_but)
        )
    );
BEGIN
    IF v_left = '{}' THEN
        RETURN v_left;
    END IF;
    RETURN array(
        SELECT u.number FROM unnest(v_left) AS u (number)
        WHERE NOT EXISTS (
            SELECT FROM hartonomous.relation_list AS l
            WHERE l.neighbours @> ARRAY[u.number] AND l.composition_number <> ALL (p_but)
        )
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.named_by_nobody_else(integer[], integer[]) IS
'Internal: those of some concepts that are in no relation but with p_but.';
