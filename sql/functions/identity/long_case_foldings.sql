CREATE OR REPLACE FUNCTION hartonomous_internal.long_case_foldings()
RETURNS TABLE (cased text, folded text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 17
AS $$
    SELECT
        chr(hartonomous_internal.code_point(split_part(f.pair, '>', 1))),
        (
            SELECT string_agg(chr(hartonomous_internal.code_point(c.code)), '' ORDER BY c.place)
            FROM regexp_split_to_table(split_part(f.pair, '>', 2), '[+]') WITH ORDINALITY AS c (code, place)
        )
    FROM regexp_split_to_table(btrim('
        df>73+73 149>2bc+6e 587>565+582 1e9a>61+2be 1e9e>73+73 fb00>66+66 fb01>66+69 fb02>66+6c
        fb03>66+66+69 fb04>66+66+6c fb05>73+74 fb06>73+74 fb13>574+576 fb14>574+565 fb15>574+56b
        fb16>57e+576 fb17>574+56d
    ', E' \n'), E'[ \n]+') AS f (pair)
$$;

COMMENT ON FUNCTION hartonomous_internal.long_case_foldings() IS
'Internal to fold: characters that become several.';
