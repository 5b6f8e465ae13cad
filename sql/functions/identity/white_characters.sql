CREATE OR REPLACE FUNCTION hartonomous_internal.white_characters()
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT string_agg(chr(r.first) || '-' || chr(r.last), '' ORDER BY r.first)
    FROM (VALUES
        (9, 13), (32, 32), (133, 133), (160, 160), (5760, 5760), (8192, 8202), (8232, 8233), (8239, 8239),
        (8287, 8287), (12288, 12288)
    ) AS r (first, last)
$$;

COMMENT ON FUNCTION hartonomous_internal.white_characters() IS
'Internal: what Unicode 13 calls white space, as ranges for a class of a regular expression.';
