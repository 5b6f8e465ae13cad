-- As with concepts it doesn't matter whether the person is there.
CREATE OR REPLACE FUNCTION hartonomous_internal.remember_subject(p_subject text)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_added bigint;
BEGIN
    PERFORM hartonomous_internal.require_name('subject', hartonomous_internal.trimmed_key(p_subject));
    INSERT INTO hartonomous.forgotten_subject (digest, key_digest)
    SELECT d.digest, d.key_digest FROM hartonomous_internal.subject_digest(p_subject) AS d
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS v_added = ROW_COUNT;
    RETURN v_added;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.remember_subject(text) IS
'Internal: puts a person on the list of those whom loads leave out; returns how many entries are new.';
