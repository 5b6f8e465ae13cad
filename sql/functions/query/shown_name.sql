CREATE OR REPLACE FUNCTION hartonomous_internal.shown_name(p_name text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT '''' || regexp_replace(left(p_name, 80), '[[:cntrl:]]', '?', 'g')
        || CASE WHEN length(left(p_name, 81)) > 80 THEN '...' ELSE '' END || ''''
$$;

COMMENT ON FUNCTION hartonomous_internal.shown_name(text) IS
'Internal: a name as errors show it: in quotes, in one line, its first 80 characters.';
