CREATE OR REPLACE FUNCTION hartonomous_internal.sources_of(
    p_composition_number integer, p_relation_type_id integer, p_without integer[] DEFAULT '{}'
)
RETURNS integer[]
LANGUAGE sql STABLE
AS $$
    SELECT array(
        SELECT DISTINCT l.content_id
        FROM hartonomous.relation_list AS l
        WHERE l.composition_number = p_composition_number
            AND l.relation_type_id = p_relation_type_id
            AND l.content_id <> ALL (p_without)
        ORDER BY l.content_id
    )
$$;

COMMENT ON FUNCTION hartonomous_internal.sources_of(integer, integer, integer[]) IS
'Internal: the sources that have lists of a concept, those of p_without left out.';
