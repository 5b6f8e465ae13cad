CREATE OR REPLACE FUNCTION hartonomous.ensure_subject(p_subject_key text)
RETURNS integer
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_key text;
    v_subject_id integer;
BEGIN
    IF p_subject_key IS NULL THEN
        RETURN NULL;
    END IF;
    v_key := hartonomous_internal.require_subject(p_subject_key);
    INSERT INTO hartonomous.subject (subject_key) VALUES (v_key) ON CONFLICT DO NOTHING;
    SELECT s.subject_id INTO v_subject_id FROM hartonomous.subject AS s WHERE s.subject_key = v_key;
    RETURN v_subject_id;
END
$$;

COMMENT ON FUNCTION hartonomous.ensure_subject(text) IS
'Number of the subject with this key, added when it is new; null for null.';
