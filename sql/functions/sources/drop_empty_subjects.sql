CREATE OR REPLACE FUNCTION hartonomous_internal.drop_empty_subjects(p_subject_ids integer[])
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    DELETE FROM hartonomous.subject AS s
    WHERE s.subject_id = ANY (p_subject_ids)
        AND NOT EXISTS (SELECT FROM hartonomous.content AS c WHERE c.subject_id = s.subject_id);
END
$$;

COMMENT ON FUNCTION hartonomous_internal.drop_empty_subjects(integer[]) IS
'Internal: removes those of some subjects who have no source left.';
