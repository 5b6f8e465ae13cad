CREATE OR REPLACE FUNCTION hartonomous_internal.trace_of(p_audit_id bigint)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT jsonb_agg(
            jsonb_build_object('sources', to_jsonb(t.random_ids), 'concepts', t.concepts, 'evidence', t.evidence)
            ORDER BY t.deletion_trace_id
        )
        FROM hartonomous.deletion_trace AS t
        WHERE t.audit_id IS NOT DISTINCT FROM p_audit_id
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.trace_of(bigint) IS
'Internal: what one row of the audit deleted, of null what this transaction has deleted by now; null for nothing.';
