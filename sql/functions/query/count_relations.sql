CREATE OR REPLACE FUNCTION hartonomous.count_relations()
RETURNS bigint
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET jit = off
SET work_mem = '64MB'
AS $$
DECLARE
    v_counted bigint;
    v_rest integer[];
BEGIN
    SELECT f.relations, f.others INTO v_counted, v_rest FROM hartonomous.current_figures() AS f;
    RETURN v_counted + (
        SELECT count(*)
        FROM (
            SELECT DISTINCT o.a, o.b, o.relation_type_id
            FROM (
                SELECT l.composition_number AS a, unnest(l.neighbours) AS b, l.relation_type_id
                FROM hartonomous.relation_list AS l
                WHERE l.content_id <> ALL (hartonomous.quarantined_sources())
                    AND (v_rest IS NULL OR l.composition_number = ANY (v_rest))
            ) AS o
            WHERE o.b <> 0
        ) AS d
    );
END
$$;

COMMENT ON FUNCTION hartonomous.count_relations() IS
'How many relations the live sources hold; quick after summarise_relations.';
