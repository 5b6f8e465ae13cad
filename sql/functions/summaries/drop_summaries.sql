CREATE OR REPLACE FUNCTION hartonomous_internal.drop_summaries(p_composition_numbers integer[])
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM hartonomous.relation_summary) THEN
        DELETE FROM hartonomous.relation_summary AS s
        WHERE s.composition_number = ANY (p_composition_numbers);
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.drop_summaries(integer[]) IS
'Internal: every change of a concept''s lists, other than adding some, ends here.';
