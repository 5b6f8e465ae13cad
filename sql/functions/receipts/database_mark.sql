-- The first row of the audit is the same in a database and in all its backups.
CREATE OR REPLACE FUNCTION hartonomous.database_mark()
RETURNS TABLE (database text, audit_id bigint, hash bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT encode(f.hash, 'hex'), l.audit_id, l.hash
    FROM hartonomous.audit AS f
    INNER JOIN hartonomous.audit AS l
        ON l.audit_id = (SELECT max(t.audit_id) FROM hartonomous.deletion_trace AS t)
    WHERE f.audit_id = 1 AND hartonomous_internal.is_member('hartonomous_editor');
END
$$;

COMMENT ON FUNCTION hartonomous.database_mark() IS
'What names this database in all its backups, and the row of the audit of its last deletion with its hash, to be kept elsewhere; no rows while nothing was deleted, and for whoever is no editor.';
