CREATE OR REPLACE FUNCTION hartonomous_internal.contents_of_subject(p_subject text, p_may_be_unknown boolean DEFAULT FALSE)
RETURNS integer[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_key constant text := hartonomous_internal.known_key(p_subject);
    v_contents constant integer[] := array(
        SELECT c.content_id
        FROM hartonomous.content AS c
        INNER JOIN hartonomous.subject AS s ON s.subject_id = c.subject_id
        WHERE s.subject_key = v_key
        ORDER BY c.content_id
    );
BEGIN
    IF v_contents = '{}' AND NOT p_may_be_unknown THEN
        PERFORM hartonomous_internal.refuse_unknown('subject (any more)', p_subject, array(
            SELECT s.subject_key FROM hartonomous.subject AS s
            ORDER BY left(s.subject_key, 3) = left(p_subject, 3) DESC
            LIMIT 10000
        ));
    END IF;
    RETURN v_contents;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.contents_of_subject(text, boolean) IS
'Internal: all that a person contributed, by the exact key; an error that names near matches when there is nothing, unless that is all right.';
