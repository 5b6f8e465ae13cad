CREATE OR REPLACE FUNCTION hartonomous_internal.require_relation_type(p_name text)
RETURNS integer
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_id integer;
BEGIN
    PERFORM hartonomous_internal.require_scope();
    v_id := (
        SELECT t.relation_type_id FROM hartonomous.relation_type AS t
        WHERE t.name = p_name AND hartonomous_internal.is_type_shown(t)
    );
    IF v_id IS NULL THEN
        RAISE EXCEPTION 'no relation type %; there is %', left(p_name, 80), (
            SELECT string_agg(t.name, ', ' ORDER BY t.name COLLATE "C")
            FROM (SELECT r.name FROM hartonomous.relation_type AS r WHERE hartonomous_internal.is_type_shown(r) ORDER BY r.name COLLATE "C" LIMIT 10) AS t
        ) USING ERRCODE = 'HT002';
    END IF;
    RETURN v_id;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_relation_type(text) IS
'Internal: number of the relation type with this name; an error where there is none.';
