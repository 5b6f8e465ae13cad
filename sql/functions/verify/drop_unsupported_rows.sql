CREATE OR REPLACE FUNCTION hartonomous_internal.drop_unsupported_rows()
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- what a person said cannot be found for them any more
    DELETE FROM hartonomous.content AS c
    WHERE c.subject_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM hartonomous.subject AS s WHERE s.subject_id = c.subject_id);
    DELETE FROM hartonomous.site AS s
    WHERE NOT EXISTS (SELECT FROM hartonomous.content AS c WHERE c.content_id = s.content_id);
    DELETE FROM hartonomous.subject AS s
    WHERE NOT EXISTS (SELECT FROM hartonomous.content AS c WHERE c.subject_id = s.subject_id);
END
$$;

COMMENT ON FUNCTION hartonomous_internal.drop_unsupported_rows() IS
'Internal to refresh_ratings: takes away what unsupported_rows finds, but positions and charts, all of which go.';
