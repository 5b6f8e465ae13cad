CREATE OR REPLACE FUNCTION hartonomous_internal.labels_of(p_composition_numbers integer[])
RETURNS text[]
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN array(
        SELECT c.label
        FROM unnest(p_composition_numbers) WITH ORDINALITY AS t (number, place)
        INNER JOIN hartonomous.composition AS c ON c.composition_number = t.number
        ORDER BY t.place
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.labels_of(integer[]) IS
'Internal: labels of concepts, in the order of their numbers.';
