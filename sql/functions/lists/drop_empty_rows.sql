-- Where evidence was taken out of lists, a concept may be left that its source names no more: its
-- lists there are empty and in nobody's list there is it.
CREATE OR REPLACE FUNCTION hartonomous_internal.drop_empty_rows(p_content_ids integer[], p_candidates integer[])
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_contents integer[];
    v_numbers integer[];
BEGIN
    SELECT array_agg(DISTINCT e.content_id), array_agg(DISTINCT e.composition_number)
    INTO v_contents, v_numbers
    FROM (
        SELECT l.content_id, l.composition_number
        FROM hartonomous.relation_list AS l
        WHERE l.composition_number = ANY (p_candidates) AND l.content_id = ANY (p_content_ids)
        GROUP BY l.content_id, l.composition_number
        HAVING NOT bool_or(0 < ANY (l.neighbours))
    ) AS e;
    IF v_numbers IS NULL THEN
        RETURN;
    END IF;
    WITH named AS MATERIALIZED (
        SELECT DISTINCT l.content_id, e.neighbour
        FROM hartonomous.relation_list AS l
        CROSS JOIN LATERAL unnest(l.neighbours) AS e (neighbour)
        WHERE l.content_id = ANY (v_contents) AND l.neighbours && v_numbers
    )
    DELETE FROM hartonomous.relation_list AS l
    WHERE l.composition_number = ANY (v_numbers)
        AND l.content_id = ANY (v_contents)
        AND NOT EXISTS (
            SELECT FROM named AS n WHERE n.content_id = l.content_id AND n.neighbour = l.composition_number
        )
        AND NOT EXISTS (
            SELECT FROM hartonomous.relation_list AS o
            WHERE o.composition_number = l.composition_number
                AND o.content_id = l.content_id
                AND 0 < ANY (o.neighbours)
        );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.drop_empty_rows(integer[], integer[]) IS
'Internal: removes the rows of concepts that these sources name no more.';
