-- SQL language, so that it is inlined and a condition on it reaches the indexes.
CREATE OR REPLACE FUNCTION hartonomous.relation_id(
    p_composition_a_id uuid, p_composition_b_id uuid, p_relation_type text DEFAULT 'related'
)
RETURNS hartonomous.relation_key
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT ROW(
        p_composition_a_id, p_composition_b_id, hartonomous.relation_type_id(p_relation_type)
    )::hartonomous.relation_key
$$;

COMMENT ON FUNCTION hartonomous.relation_id(uuid, uuid, text) IS
'Id of the relation of a type from one concept to another.';
