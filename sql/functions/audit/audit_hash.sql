CREATE OR REPLACE FUNCTION hartonomous.audit_hash(
    p_audit_id bigint,
    p_happened_at timestamptz,
    p_actor text,
    p_action text,
    p_details jsonb,
    p_previous_hash bytea
)
RETURNS bytea
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN sha256(p_previous_hash || convert_to(jsonb_build_array(
        p_audit_id,
        to_char(p_happened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        p_actor,
        p_action,
        p_details
    )::text, 'UTF8'));
END
$$;

COMMENT ON FUNCTION hartonomous.audit_hash(bigint, timestamptz, text, text, jsonb, bytea) IS
'SHA-256 over the hash of the row before and this row as JSON: [id, time in UTC, actor, action, details].';
