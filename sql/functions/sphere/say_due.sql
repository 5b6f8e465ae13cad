CREATE OR REPLACE FUNCTION hartonomous_internal.say_due()
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_unplaced constant bigint := hartonomous_internal.unplaced_models();
BEGIN
    IF v_unplaced > 0 THEN
        RAISE NOTICE 'positions are due: they were laid out without % of the live models; hartonomous align brings them up',
            v_unplaced;
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.say_due() IS
'Internal: a notice where models are live that positions know nothing of.';
