CREATE OR REPLACE FUNCTION hartonomous.verify_receipt(receipt jsonb)
RETURNS TABLE (problem text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 1
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_hash bytea;
    v_audit_id bigint;
    v_after text := verify_receipt.receipt #>> '{details,fingerprint_after}';
    v_source text := verify_receipt.receipt #>> '{details,source}';
    v_fields constant text[] := ARRAY[
        'format', 'audit_id', 'happened_at', 'actor', 'action', 'details', 'previous_hash', 'hash'
    ];
    v_now text;
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_editor');
    IF jsonb_typeof(verify_receipt.receipt) IS DISTINCT FROM 'object'
        OR verify_receipt.receipt ->> 'format' IS DISTINCT FROM 'hartonomous receipt 1' THEN
        RETURN QUERY SELECT 'this is no receipt of hartonomous';
        RETURN;
    END IF;
    IF NOT verify_receipt.receipt ?& v_fields OR verify_receipt.receipt - v_fields <> '{}' THEN
        RETURN QUERY SELECT 'the receipt was changed: fields are missing, or there are others';
        RETURN;
    END IF;
    BEGIN
        v_hash := decode(verify_receipt.receipt ->> 'hash', 'hex');
        v_audit_id := (verify_receipt.receipt ->> 'audit_id')::bigint;
        IF v_hash IS DISTINCT FROM hartonomous.audit_hash(
            v_audit_id,
            (verify_receipt.receipt ->> 'happened_at')::timestamptz,
            verify_receipt.receipt ->> 'actor',
            verify_receipt.receipt ->> 'action',
            verify_receipt.receipt -> 'details',
            decode(verify_receipt.receipt ->> 'previous_hash', 'hex')
        ) THEN
            RETURN QUERY SELECT 'the receipt was changed: its hash does not fit what it says';
            RETURN;
        END IF;
    EXCEPTION
        WHEN data_exception THEN
            RETURN QUERY SELECT 'this is no receipt of hartonomous';
            RETURN;
    END;
    IF NOT EXISTS (
        SELECT FROM hartonomous.audit AS a WHERE a.audit_id = v_audit_id AND a.hash = v_hash
    ) THEN
        RETURN QUERY SELECT format('the audit of this database has no such row %s', v_audit_id);
    ELSIF verify_receipt.receipt <> hartonomous.export_receipt(v_audit_id) THEN
        RETURN QUERY SELECT 'the receipt was changed: it says the same in other words';
    END IF;
    RETURN QUERY
    SELECT format('the audit is not whole at row %s: %s', v.audit_id, v.problem) FROM hartonomous.verify_audit() AS v;
    IF verify_receipt.receipt ->> 'action' LIKE E'delete\\_%'
        AND EXISTS (SELECT FROM hartonomous.content AS c WHERE c.source_identifier = v_source)
        AND NOT EXISTS (
            SELECT FROM hartonomous.audit AS a
            WHERE a.audit_id > v_audit_id AND a.action = 'ingest' AND a.details ->> 'source' = v_source
        ) THEN
        RETURN QUERY SELECT format('the source %s is there, though it was deleted and not loaded again', v_source);
    END IF;
    -- the fingerprint can be compared as long as nothing has happened since; what happens while it is
    -- taken is in the audit afterwards
    IF v_after IS NOT NULL AND hartonomous_internal.is_last_change(v_audit_id) THEN
        v_now := hartonomous.substrate_fingerprint();
    END IF;
    IF v_now <> v_after AND hartonomous_internal.is_last_change(v_audit_id) THEN
        RETURN QUERY SELECT 'the database is not as the deletion left it: its fingerprint is another';
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous.verify_receipt(jsonb) IS
'What speaks against a receipt: it was changed, this database did not write it, the audit is not whole, or the state is not what it says; no rows when it holds.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous.verify_receipt(jsonb)');
