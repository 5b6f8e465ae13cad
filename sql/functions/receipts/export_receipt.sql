CREATE OR REPLACE FUNCTION hartonomous.export_receipt(audit_id bigint DEFAULT NULL)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_row hartonomous.audit;
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_editor');
    SELECT a.* INTO v_row
    FROM hartonomous.audit AS a
    WHERE a.audit_id = export_receipt.audit_id
        OR (export_receipt.audit_id IS NULL AND (a.action LIKE E'delete\\_%' OR a.action = 'forget_expired'))
    ORDER BY a.audit_id DESC
    LIMIT 1;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no % in the audit', coalesce('row ' || export_receipt.audit_id, 'deletion')
            USING ERRCODE = 'HT003';
    END IF;
    RETURN jsonb_build_object(
        'format', 'hartonomous receipt 1',
        'audit_id', v_row.audit_id,
        'happened_at', to_char(v_row.happened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'actor', v_row.actor,
        'action', v_row.action,
        'details', v_row.details,
        'previous_hash', encode(v_row.previous_hash, 'hex'),
        'hash', encode(v_row.hash, 'hex')
    );
END
$$;

COMMENT ON FUNCTION hartonomous.export_receipt(bigint) IS
'The receipt of a change, by default of the last deletion: its audit row as JSON, without personal content.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous.export_receipt(bigint)');
