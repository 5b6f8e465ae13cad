CREATE OR REPLACE FUNCTION hartonomous_internal.framed(VARIADIC p_fields text[])
RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT string_agg(
        coalesce(int4send(octet_length(convert_to(f.value, 'UTF8'))) || convert_to(f.value, 'UTF8'), int4send(-1)),
        ''::bytea ORDER BY f.place
    )
    FROM unnest(p_fields) WITH ORDINALITY AS f (value, place)
$$;

COMMENT ON FUNCTION hartonomous_internal.framed(text[]) IS
'Internal: text fields in UTF-8, each behind its length, so that no two lists of fields look alike.';
