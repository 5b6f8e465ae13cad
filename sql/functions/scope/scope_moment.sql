CREATE OR REPLACE FUNCTION hartonomous_internal.scope_moment()
RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT CASE
        WHEN s.given ~ '^\d{4}-\d\d-\d\d$' THEN (s.given::date + 1)::timestamp AT TIME ZONE 'UTC'
        ELSE s.given::timestamptz
    END
    FROM (SELECT nullif(current_setting('hartonomous.as_of', TRUE), '') AS given) AS s
$$;

COMMENT ON FUNCTION hartonomous_internal.scope_moment() IS
'Internal: until when sources count that were loaded, the end of a day in UTC where a day is set; null for all.';
