CREATE OR REPLACE FUNCTION hartonomous_internal.release_answers()
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE hartonomous.content AS c SET state = 'live'
    FROM hartonomous.replay_due AS d
    WHERE c.content_id = ANY (d.withheld);
    DELETE FROM hartonomous.replay_due;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.release_answers() IS
'Internal: what was live before answers were withheld is live again.';
