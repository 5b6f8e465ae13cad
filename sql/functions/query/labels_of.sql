CREATE OR REPLACE FUNCTION hartonomous.labels_of(p_composition_ids uuid[])
RETURNS text[]
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN array(
        SELECT c.label
        FROM unnest(p_composition_ids) WITH ORDINALITY AS t (id, place)
        INNER JOIN hartonomous.composition AS c ON c.composition_id = t.id
        ORDER BY t.place
    );
END
$$;

COMMENT ON FUNCTION hartonomous.labels_of(uuid[]) IS
'Labels of concepts, in the order of their ids.';
