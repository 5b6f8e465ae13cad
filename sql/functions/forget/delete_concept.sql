CREATE OR REPLACE FUNCTION hartonomous.delete_concept(
    labels text[],
    variants boolean DEFAULT TRUE,
    forget boolean DEFAULT FALSE,
    fingerprints boolean DEFAULT NULL
)
RETURNS hartonomous.deletion
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_numbers integer[];
    v_before text;
    v_forgotten bigint := 0;
    v_deletion hartonomous.deletion;
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_editor');
    PERFORM hartonomous_internal.require_concepts(
        delete_concept.labels, delete_concept.variants, delete_concept.forget
    );
    PERFORM hartonomous.lock_writer();
    v_numbers := hartonomous_internal.require_concepts(
        delete_concept.labels, delete_concept.variants, delete_concept.forget
    );
    v_before := hartonomous_internal.fingerprint_if_wanted(delete_concept.fingerprints);
    IF delete_concept.forget THEN
        v_forgotten := hartonomous_internal.remember_forgotten(delete_concept.labels, delete_concept.variants);
    END IF;
    v_deletion := hartonomous_internal.delete_compositions(v_numbers);
    v_deletion := hartonomous_internal.finish_deletion(
        'delete_concept', v_deletion, v_before, jsonb_build_object('forgotten', v_forgotten)
    );
    PERFORM hartonomous_internal.drop_left_tables();
    RETURN v_deletion;
END
$$;

COMMENT ON FUNCTION hartonomous.delete_concept(text[], boolean, boolean, boolean) IS
'Deletes concepts and every relation they are in for good; variants takes their case, plural and word-piece forms too, forget keeps them from coming back with later loads.';

SELECT hartonomous_internal.restrict_to(
    'hartonomous_editor', 'hartonomous.delete_concept(text[], boolean, boolean, boolean)'
);
