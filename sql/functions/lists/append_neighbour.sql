CREATE OR REPLACE FUNCTION hartonomous_internal.append_neighbour(
    p_composition_number integer,
    p_content_id integer,
    p_site_id integer,
    p_relation_type_id integer,
    p_neighbour integer,
    p_weight integer
)
RETURNS integer
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_there constant integer := (
        SELECT l.weights[array_position(l.neighbours, p_neighbour)]
        FROM hartonomous.relation_list AS l
        WHERE l.composition_number = p_composition_number
            AND l.content_id = p_content_id
            AND l.site_id = p_site_id
            AND l.relation_type_id = p_relation_type_id
    );
BEGIN
    IF v_there = p_weight THEN
        RETURN 0;
    ELSIF v_there IS NOT NULL THEN
        RAISE EXCEPTION 'the source said so already, with another weight: delete that evidence first'
            USING ERRCODE = 'HT001';
    END IF;
    INSERT INTO hartonomous.relation_list AS l (
        composition_number, content_id, site_id, relation_type_id, neighbours, weights
    )
    VALUES (
        p_composition_number, p_content_id, p_site_id, p_relation_type_id, ARRAY[p_neighbour], ARRAY[p_weight]
    )
    ON CONFLICT (composition_number, content_id, site_id, relation_type_id) DO UPDATE SET
        neighbours = l.neighbours || excluded.neighbours,
        weights = l.weights || excluded.weights;
    RETURN 1;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.append_neighbour(integer, integer, integer, integer, integer, integer) IS
'Internal: adds one observation behind a list that has no ranks; 0 when it is there already, else 1.';
