CREATE OR REPLACE FUNCTION hartonomous.lift_forgotten(subject text)
RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_digest bytea;
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_editor');
    PERFORM hartonomous.lock_writer();
    v_digest := (hartonomous_internal.subject_digest(lift_forgotten.subject)).digest;
    DELETE FROM hartonomous.forgotten_subject AS f WHERE f.digest = v_digest;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no person of the key % is to stay forgotten, so nothing was changed',
            coalesce(quote_literal(left(lift_forgotten.subject, 80)), 'null')
            USING ERRCODE = 'HT003';
    END IF;
    PERFORM hartonomous_internal.append_audit('lift_forgotten', jsonb_build_object('persons', 1));
    RETURN (SELECT count(*) FROM hartonomous.forgotten_subject);
END
$$;

COMMENT ON FUNCTION hartonomous.lift_forgotten(text) IS
'Takes a person off the list of those who are to stay forgotten, so that what is theirs may be loaded again; returns how many persons are still on it. It takes the key under which they were forgotten.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous.lift_forgotten(text)');
