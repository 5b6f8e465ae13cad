CREATE OR REPLACE FUNCTION hartonomous_internal.require_scope()
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_as_of constant text := nullif(current_setting('hartonomous.as_of', TRUE), '');
    v_name text;
    v_begins timestamptz;
BEGIN
    IF NOT hartonomous_internal.has_scope() THEN
        RETURN;
    END IF;
    FOREACH v_name IN ARRAY coalesce(hartonomous_internal.scope_names('sources'), '{}')
        || coalesce(hartonomous_internal.scope_names('without'), '{}') LOOP
        PERFORM hartonomous_internal.require_source(v_name);
    END LOOP;
    IF v_as_of IS NULL THEN
        RETURN;
    END IF;
    IF v_as_of !~ '^\d{4}-\d\d-\d\d$' AND v_as_of !~ '^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)? ?(Z|[+-]\d\d(:?\d\d)?)$' THEN
        RAISE EXCEPTION 'as_of is a day, or a moment with its time zone such as 2026-05-01 12:00+00, not %',
            left(v_as_of, 80) USING ERRCODE = 'HT004';
    END IF;
    BEGIN
        -- a day begins in UTC, wherever who asks is
        v_begins := CASE
            WHEN v_as_of ~ '^\d{4}-\d\d-\d\d$' THEN v_as_of::date::timestamp AT TIME ZONE 'UTC'
            ELSE v_as_of::timestamptz
        END;
        IF v_begins > clock_timestamp() THEN
            RAISE EXCEPTION 'as_of % is in the future', left(v_as_of, 80) USING ERRCODE = 'HT004';
        END IF;
    EXCEPTION
        WHEN datetime_field_overflow OR invalid_datetime_format OR invalid_time_zone_displacement_value THEN
            RAISE EXCEPTION 'as_of % is no day', left(v_as_of, 80) USING ERRCODE = 'HT004';
    END;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_scope() IS
'Internal: an error where the session''s scope names a source that is not there, or no moment of the past.';
