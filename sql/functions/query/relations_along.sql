CREATE OR REPLACE FUNCTION hartonomous_internal.relations_along(p_composition_numbers integer[], p_relation_type_id integer)
RETURNS hartonomous.relation_key[]
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN array(
        SELECT ROW(a.composition_id, b.composition_id, p_relation_type_id)::hartonomous.relation_key
        FROM generate_series(1, cardinality(p_composition_numbers) - 1) AS p (place)
        INNER JOIN hartonomous.composition AS a ON a.composition_number = p_composition_numbers[p.place]
        INNER JOIN hartonomous.composition AS b ON b.composition_number = p_composition_numbers[p.place + 1]
        ORDER BY p.place
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.relations_along(integer[], integer) IS
'Internal: ids of the relations from each concept of a path to the next.';
