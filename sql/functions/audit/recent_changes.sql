CREATE OR REPLACE FUNCTION hartonomous.recent_changes(max_results integer DEFAULT 20)
RETURNS TABLE (
    audit_id bigint,
    happened_at timestamptz,
    actor text,
    action text,
    details jsonb,
    hash text
)
LANGUAGE plpgsql STABLE ROWS 20
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF recent_changes.max_results IS NULL OR recent_changes.max_results < 1 THEN
        RAISE EXCEPTION 'max_results is %: ask for 1 or more', coalesce(recent_changes.max_results::text, 'null')
            USING ERRCODE = 'HT004';
    END IF;
    RETURN QUERY
    SELECT a.audit_id, a.happened_at, a.actor, a.action, a.details, encode(a.hash, 'hex')
    FROM hartonomous.audit AS a
    ORDER BY a.audit_id DESC
    LIMIT recent_changes.max_results;
END
$$;

COMMENT ON FUNCTION hartonomous.recent_changes(integer) IS
'The last rows of the audit, the latest first, with their hashes in hexadecimal.';
