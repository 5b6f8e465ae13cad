-- Nobody needs the key while nobody is forgotten.
CREATE OR REPLACE FUNCTION hartonomous.is_forgotten(subject text)
RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_digest bytea;
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_contributor');
    IF is_forgotten.subject IS NULL OR NOT EXISTS (SELECT FROM hartonomous.forgotten_subject) THEN
        RETURN FALSE;
    END IF;
    v_digest := (hartonomous_internal.subject_digest(is_forgotten.subject)).digest;
    RETURN EXISTS (SELECT FROM hartonomous.forgotten_subject AS f WHERE f.digest = v_digest);
END
$$;

COMMENT ON FUNCTION hartonomous.is_forgotten(text) IS
'Whether a person is to stay forgotten, so that loads leave their documents and feedback out; an error where somebody is and this session lacks the key.';

SELECT hartonomous_internal.restrict_to('hartonomous_contributor', 'hartonomous.is_forgotten(text)');
