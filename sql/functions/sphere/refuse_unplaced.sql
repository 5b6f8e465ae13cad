CREATE OR REPLACE FUNCTION hartonomous_internal.refuse_unplaced(p_composition_id uuid)
RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_concept hartonomous.composition;
BEGIN
    SELECT c.* INTO v_concept FROM hartonomous.composition AS c WHERE c.composition_id = p_composition_id;
    RAISE EXCEPTION '% has no position: no model that was laid out relates it to another concept',
        hartonomous_internal.shown_name(v_concept.label)
        USING ERRCODE = 'HT003';
END
$$;

COMMENT ON FUNCTION hartonomous_internal.refuse_unplaced(uuid) IS
'Internal: the error for a concept that the layout does not know.';
