-- Locked from here until the caller's transaction ends, the chain stays in order; this is the last step
-- of every change, so loads beside each other wait here for a commit only. Readers may not lock so.
CREATE OR REPLACE FUNCTION hartonomous_internal.append_audit(p_action text, p_details jsonb)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_last hartonomous.audit;
    v_now timestamptz := clock_timestamp();
    v_details constant jsonb := p_details || hartonomous_internal.on_whose_behalf();
BEGIN
    LOCK TABLE hartonomous.audit IN SHARE ROW EXCLUSIVE MODE;
    SELECT a.* INTO v_last FROM hartonomous.audit AS a ORDER BY a.audit_id DESC LIMIT 1;
    IF NOT FOUND THEN
        v_last.audit_id := 0;
        v_last.hash := decode(repeat('00', 32), 'hex');
    END IF;
    INSERT INTO hartonomous.audit (audit_id, happened_at, actor, action, details, previous_hash, hash)
    VALUES (
        v_last.audit_id + 1, v_now, session_user, p_action, v_details, v_last.hash,
        hartonomous.audit_hash(v_last.audit_id + 1, v_now, session_user, p_action, v_details, v_last.hash)
    );
    RETURN v_last.audit_id + 1;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.append_audit(text, jsonb) IS
'Internal: adds one row to the audit, hashed over the one before.';
