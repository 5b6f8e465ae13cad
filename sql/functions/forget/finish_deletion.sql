-- Every deletion ends here: what it did becomes a row of the audit. Fingerprints of a large
-- graph take seconds, so they are taken when asked for, and unasked where the graph is small.
CREATE OR REPLACE FUNCTION hartonomous_internal.finish_deletion(
    p_action text,
    p_deletion hartonomous.deletion,
    p_fingerprint_before text,
    p_details jsonb DEFAULT '{}',
    p_stands_for bytea DEFAULT NULL
)
RETURNS hartonomous.deletion
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous_internal.drop_unused_types();
    PERFORM hartonomous_internal.drop_guards();
    p_deletion.audit_id := hartonomous_internal.append_deletion(p_action, p_details || p_deletion.counts || jsonb_build_object(
        'fingerprint_before', p_fingerprint_before,
        'fingerprint_after',
        CASE WHEN p_fingerprint_before IS NOT NULL THEN hartonomous.substrate_fingerprint() END
    ), p_stands_for);
    RETURN p_deletion;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.finish_deletion(text, hartonomous.deletion, text, jsonb, bytea) IS
'Internal: writes the audit row of a deletion and returns the deletion with its number.';
