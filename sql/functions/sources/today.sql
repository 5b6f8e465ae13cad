CREATE OR REPLACE FUNCTION hartonomous.today()
RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT (now() AT TIME ZONE 'UTC')::date
$$;

COMMENT ON FUNCTION hartonomous.today() IS
'Internal: the date in UTC, by which sources expire.';
