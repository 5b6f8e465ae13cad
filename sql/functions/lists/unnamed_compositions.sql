CREATE OR REPLACE FUNCTION hartonomous_internal.unnamed_compositions(p_candidates integer[], p_without integer[])
RETURNS integer[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET work_mem = '64MB'
AS $$
BEGIN
    RETURN array(
        SELECT DISTINCT u.number FROM unnest(p_candidates) AS u (number)
        WHERE NOT EXISTS (
            SELECT FROM hartonomous.relation_list AS l
            WHERE l.composition_number = u.number AND l.content_id <> ALL (p_without)
        )
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.unnamed_compositions(integer[], integer[]) IS
'Internal: those of some concepts that no source but p_without names.';
