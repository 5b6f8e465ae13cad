CREATE OR REPLACE FUNCTION hartonomous_internal.concepts_that_stay(p_composition_numbers integer[], p_content_ids integer[])
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_shown constant integer := 1000;
BEGIN
    RETURN coalesce(
        (
            SELECT jsonb_agg(
                jsonb_build_object(
                    'what', jsonb_build_array(k.label), 'type', NULL, 'also', hartonomous_internal.also_said_by(array(
                        SELECT l.content_id FROM hartonomous.relation_list AS l
                        WHERE l.composition_number = k.composition_number AND l.content_id <> ALL (p_content_ids)
                    ))
                )
                ORDER BY k.label COLLATE "C"
            )
            FROM (
                SELECT c.composition_number, c.label FROM hartonomous.composition AS c
                WHERE c.composition_number = ANY (p_composition_numbers)
                ORDER BY c.label COLLATE "C"
                LIMIT c_shown
            ) AS k
        ),
        '[]'
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.concepts_that_stay(integer[], integer[]) IS
'Internal to previews: the first 1,000 of some concepts with the other sources that name them.';
