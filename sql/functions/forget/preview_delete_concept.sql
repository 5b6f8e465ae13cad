CREATE OR REPLACE FUNCTION hartonomous.preview_delete_concept(
    labels text[], variants boolean DEFAULT TRUE, forget boolean DEFAULT FALSE
)
RETURNS hartonomous.deletion
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_editor');
    PERFORM hartonomous_internal.hold_lists();
    RETURN hartonomous_internal.preview_concepts(
        preview_delete_concept.labels, preview_delete_concept.variants, preview_delete_concept.forget
    );
END
$$;

COMMENT ON FUNCTION hartonomous.preview_delete_concept(text[], boolean, boolean) IS
'What delete_concept would take away, with every form of the labels that it would take in names; touches nothing.';

SELECT hartonomous_internal.restrict_to(
    'hartonomous_editor', 'hartonomous.preview_delete_concept(text[], boolean, boolean)'
);
