CREATE OR REPLACE FUNCTION hartonomous.contents_of_subject(p_subject text)
RETURNS integer[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_contents integer[] := array(
        SELECT c.content_id
        FROM hartonomous.content AS c
        INNER JOIN hartonomous.subject AS s ON s.subject_id = c.subject_id
        WHERE s.subject_key = hartonomous.nfc(p_subject)
        ORDER BY c.content_id
    );
BEGIN
    IF v_contents = '{}' THEN
        PERFORM hartonomous.refuse_unknown('subject (any more)', p_subject, array(
            SELECT s.subject_key FROM hartonomous.subject AS s
            ORDER BY left(s.subject_key, 3) = left(p_subject, 3) DESC
            LIMIT 10000
        ));
    END IF;
    RETURN v_contents;
END
$$;

COMMENT ON FUNCTION hartonomous.contents_of_subject(text) IS
'Internal: all that a person contributed, by the exact key; an error that names near matches when there is nothing.';
