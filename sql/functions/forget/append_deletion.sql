-- A receipt vouches for the trace: its digest is in the row.
CREATE OR REPLACE FUNCTION hartonomous_internal.append_deletion(p_action text, p_details jsonb, p_stands_for bytea DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_trace jsonb := hartonomous_internal.trace_of(NULL);
    v_audit_id bigint;
BEGIN
    IF v_trace IS NULL AND (p_stands_for IS NOT NULL OR (p_details ->> 'forgotten')::bigint > 0) THEN
        INSERT INTO hartonomous.deletion_trace (random_ids) VALUES ('{}');
        v_trace := hartonomous_internal.trace_of(NULL);
    END IF;
    v_audit_id := hartonomous_internal.append_audit(p_action, p_details || CASE
        WHEN v_trace IS NULL THEN '{}'
        ELSE jsonb_build_object('trace', encode(sha256(convert_to(v_trace::text, 'UTF8')), 'hex'))
    END);
    UPDATE hartonomous.deletion_trace AS t SET audit_id = v_audit_id, stands_for = p_stands_for
    WHERE t.audit_id IS NULL;
    RETURN v_audit_id;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.append_deletion(text, jsonb, bytea) IS
'Internal: writes the audit row of what was deleted in this transaction, and whose trace it is.';
