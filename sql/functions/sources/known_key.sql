-- What a backup of long ago brought may be as no key is stored today, and still has to be found.
CREATE OR REPLACE FUNCTION hartonomous_internal.known_key(p_subject text)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN coalesce(
        (SELECT s.subject_key FROM hartonomous.subject AS s WHERE s.subject_key = p_subject),
        hartonomous_internal.trimmed_key(p_subject)
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.known_key(text) IS
'Internal: the key of a person as it is stored, or would be.';
