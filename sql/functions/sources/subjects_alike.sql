CREATE OR REPLACE FUNCTION hartonomous_internal.subjects_alike(p_subject text)
RETURNS text[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_shown constant integer := 20;
    v_seen constant text := hartonomous_internal.key_as_seen(p_subject);
    v_key constant text := hartonomous_internal.known_key(p_subject);
BEGIN
    RETURN array(
        SELECT s.subject_key FROM hartonomous.subject AS s
        WHERE s.subject_key <> v_key AND hartonomous_internal.key_as_seen(s.subject_key) = v_seen
        ORDER BY s.subject_key COLLATE "C"
        LIMIT c_shown
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.subjects_alike(text) IS
'Internal: up to 20 keys of other persons that look like one: in another case, with other blanks, with characters that nobody sees.';
