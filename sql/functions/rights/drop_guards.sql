-- A deletion waits for nobody who reads: guards that are left guard nothing, and go with the next restriction,
-- or with verify --refresh.
CREATE OR REPLACE FUNCTION hartonomous_internal.drop_guards()
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '300ms'
AS $$
BEGIN
    IF EXISTS (SELECT FROM hartonomous.content AS c WHERE c.viewers IS NOT NULL) THEN
        RETURN;
    END IF;
    PERFORM hartonomous_internal.set_guards();
EXCEPTION
    WHEN lock_not_available OR deadlock_detected THEN NULL;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.drop_guards() IS
'Internal: takes away what guards rows once no source has viewers any more, unless somebody who reads would have to be waited for.';
