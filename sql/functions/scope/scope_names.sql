-- A name with a comma is written in an array of text, in braces. What is no array is refused here, since
-- PostgreSQL's own error would speak of the array; an element NULL is the name NULL, and not unknown,
-- which would let every source in.
CREATE OR REPLACE FUNCTION hartonomous_internal.scope_names(p_setting text)
RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT CASE
        WHEN s.given IS NULL THEN NULL
        WHEN s.given NOT LIKE '{%' THEN regexp_split_to_array(btrim(s.given), '\s*,\s*')
        WHEN s.given ~ ('^\{\s*(?:(?:' || e.element || ')(?:\s*,\s*(?:' || e.element || '))*)?\s*\}\s*$')
            THEN array_replace(s.given::text[], NULL, 'NULL')
        ELSE hartonomous_internal.refuse_names(p_setting, s.given)
    END
    FROM (SELECT nullif(current_setting('hartonomous.' || p_setting, TRUE), '') AS given) AS s,
        (SELECT '"(?:[^"\\]|\\.)*"|(?:[^",{}\\\s]|\\.)(?:[^",{}\\]|\\.)*' AS element) AS e
$$;

COMMENT ON FUNCTION hartonomous_internal.scope_names(text) IS
'Internal: the sources that a setting of the session names, null where it names none.';
