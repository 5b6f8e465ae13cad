-- Control characters, what Unicode's Default_Ignorable_Code_Point names (Unicode 13, DerivedCoreProperties),
-- and line and paragraph separators.
CREATE OR REPLACE FUNCTION hartonomous_internal.invisible_characters()
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT string_agg(chr(r.first) || '-' || chr(r.last), '' ORDER BY r.first)
    FROM (VALUES
        (1, 31), (127, 159), (173, 173), (847, 847), (1564, 1564), (4447, 4448), (6068, 6069), (6155, 6158),
        (8203, 8207), (8232, 8238), (8288, 8303), (12644, 12644), (65024, 65039), (65279, 65279), (65440, 65440),
        (65520, 65528), (113824, 113827), (119155, 119162), (917504, 921599)
    ) AS r (first, last)
$$;

COMMENT ON FUNCTION hartonomous_internal.invisible_characters() IS
'Internal: the characters that nobody sees, as ranges for a class of a regular expression.';
