-- Some change the audit alone: what the database knows is the same after them.
CREATE OR REPLACE FUNCTION hartonomous_internal.is_last_change(p_audit_id bigint)
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_without_effect constant text[] := ARRAY['scrub', 'export_subject', 'lift_forgotten'];
BEGIN
    RETURN NOT EXISTS (
        SELECT FROM hartonomous.audit AS a
        WHERE a.audit_id > p_audit_id AND a.action <> ALL (c_without_effect)
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.is_last_change(bigint) IS
'Internal to verify_receipt: whether the database knows what it knew after a change.';
