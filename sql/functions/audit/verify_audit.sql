-- A chain can't show that its last rows are missing; a hash that was written down elsewhere,
-- such as that of a receipt, shows it.
CREATE OR REPLACE FUNCTION hartonomous.verify_audit(expected_hash bytea DEFAULT NULL)
RETURNS TABLE (audit_id bigint, problem text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 1
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_editor');
    RETURN QUERY
    SELECT c.audit_id, c.problem
    FROM (
        SELECT
            a.audit_id,
            CASE
                WHEN a.audit_id > b.expected_id THEN format('%s rows are missing before it', a.audit_id - b.expected_id)
                WHEN a.previous_hash <> b.expected_hash THEN 'it does not follow the row before: rows were changed, removed or re-ordered'
                WHEN a.hash <> hartonomous.audit_hash(
                    a.audit_id, a.happened_at, a.actor, a.action, a.details, a.previous_hash
                ) THEN 'it was changed after it was written'
            END AS problem
        FROM hartonomous.audit AS a
        INNER JOIN (
            SELECT
                r.audit_id,
                lag(r.audit_id, 1, 0::bigint) OVER w + 1 AS expected_id,
                lag(r.hash, 1, decode(repeat('00', 32), 'hex')) OVER w AS expected_hash
            FROM hartonomous.audit AS r
            WINDOW w AS (ORDER BY r.audit_id)
        ) AS b ON b.audit_id = a.audit_id
    ) AS c
    WHERE c.problem IS NOT NULL
    UNION ALL
    SELECT NULL, 'no row has the expected hash: rows were removed at the end, or this is another database'
    WHERE verify_audit.expected_hash IS NOT NULL
        AND NOT EXISTS (SELECT FROM hartonomous.audit AS a WHERE a.hash = verify_audit.expected_hash)
    ORDER BY 1;
END
$$;

COMMENT ON FUNCTION hartonomous.verify_audit(bytea) IS
'What is wrong with the audit: rows that were changed, removed or re-ordered; no rows when it is whole. Give a hash that was kept elsewhere to see that the end is still there.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous.verify_audit(bytea)');
