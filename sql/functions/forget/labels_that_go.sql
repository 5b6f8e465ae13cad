CREATE OR REPLACE FUNCTION hartonomous_internal.labels_that_go(p_composition_numbers integer[])
RETURNS text[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_shown constant integer := 1000;
BEGIN
    RETURN array(
        SELECT c.label FROM hartonomous.composition AS c
        WHERE c.composition_number = ANY (p_composition_numbers)
        ORDER BY c.label COLLATE "C"
        LIMIT c_shown
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.labels_that_go(integer[]) IS
'Internal to previews: the first 1,000 labels of concepts, by their letters.';
