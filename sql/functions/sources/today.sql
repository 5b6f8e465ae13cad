CREATE OR REPLACE FUNCTION hartonomous_internal.today()
RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT (now() AT TIME ZONE 'UTC')::date
$$;

COMMENT ON FUNCTION hartonomous_internal.today() IS
'Internal: the date in UTC, by which sources expire.';
