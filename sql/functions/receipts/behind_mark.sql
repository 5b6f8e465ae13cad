-- Whoever asks brings the hashes of deletions, which nobody guesses, and learns nothing else.
CREATE OR REPLACE FUNCTION hartonomous_internal.behind_mark(p_databases text[], p_audit_ids bigint[], p_hashes bytea[])
RETURNS integer
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT m.place - 1
        FROM unnest(p_databases, p_audit_ids, p_hashes) WITH ORDINALITY AS m (database, audit_id, hash, place)
        WHERE m.database = (SELECT encode(a.hash, 'hex') FROM hartonomous.audit AS a WHERE a.audit_id = 1)
            AND hartonomous.is_behind(m.audit_id, m.hash)
        ORDER BY m.place
        LIMIT 1
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.behind_mark(text[], bigint[], bytea[]) IS
'Internal to sessions that open: the place, from 0, of this database among some with their last deletions, if it is older than that; else null.';
