CREATE OR REPLACE FUNCTION hartonomous.is_behind(audit_id bigint, hash bytea)
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN NOT EXISTS (
        SELECT FROM hartonomous.audit AS a
        WHERE a.audit_id = is_behind.audit_id AND a.hash = is_behind.hash
    ) AND NOT EXISTS (
        SELECT FROM hartonomous.deletion_trace AS t WHERE t.stands_for = is_behind.hash
    );
END
$$;

COMMENT ON FUNCTION hartonomous.is_behind(bigint, bytea) IS
'Whether this database is older than a deletion, of which the row of the audit and its hash are given: it was restored from a backup of before.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous.is_behind(bigint, bytea)');
