-- Two names with one number would be one type: they are refused.
CREATE OR REPLACE FUNCTION hartonomous.ensure_relation_type(p_name text, p_is_symmetric boolean)
RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_known hartonomous.relation_type;
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_contributor');
    PERFORM hartonomous_internal.require_own_incoming_tables();
    IF octet_length(coalesce(p_name, '')) NOT BETWEEN 1 AND 32 OR p_is_symmetric IS NULL THEN
        RAISE EXCEPTION 'a relation type has a name of 1 to 32 bytes and is symmetric or not' USING ERRCODE = 'HT004';
    END IF;
    INSERT INTO hartonomous.relation_type (relation_type_id, name, is_symmetric)
    VALUES (hartonomous.relation_type_id(p_name), p_name, p_is_symmetric)
    ON CONFLICT DO NOTHING;
    SELECT t.* INTO v_known FROM hartonomous.relation_type AS t WHERE t.name = p_name;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the relation type % needs another name: its number is taken', quote_literal(p_name)
            USING ERRCODE = 'HT004';
    ELSIF v_known.is_symmetric <> p_is_symmetric THEN
        RAISE EXCEPTION 'the relation type % is % here', quote_literal(p_name),
            CASE WHEN v_known.is_symmetric THEN 'symmetric' ELSE 'not symmetric' END
            USING ERRCODE = 'HT004';
    END IF;
    RETURN v_known.relation_type_id;
END
$$;

COMMENT ON FUNCTION hartonomous.ensure_relation_type(text, boolean) IS
'Number of a relation type; a source that is being loaded may bring a new one, whose name says what it is in every database.';

SELECT hartonomous_internal.restrict_to('hartonomous_contributor', 'hartonomous.ensure_relation_type(text, boolean)');
