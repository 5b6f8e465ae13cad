-- A name with a comma is written in an array of text, in braces.
CREATE OR REPLACE FUNCTION hartonomous_internal.scope_names(p_setting text)
RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT CASE
        WHEN s.given LIKE '{%' THEN s.given::text[]
        ELSE regexp_split_to_array(btrim(s.given), '\s*,\s*')
    END
    FROM (SELECT nullif(current_setting('hartonomous.' || p_setting, TRUE), '') AS given) AS s
$$;

COMMENT ON FUNCTION hartonomous_internal.scope_names(text) IS
'Internal: the sources that a setting of the session names, null where it names none.';
