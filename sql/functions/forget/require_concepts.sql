CREATE OR REPLACE FUNCTION hartonomous_internal.require_concepts(p_labels text[], p_variants boolean, p_forget boolean)
RETURNS integer[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_label text;
    v_near text;
BEGIN
    IF coalesce(cardinality(p_labels), 0) = 0 OR array_position(p_labels, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'name at least one concept, and none that is null' USING ERRCODE = 'HT004';
    END IF;
    FOREACH v_label IN ARRAY p_labels LOOP
        -- what is not there yet may still be forbidden to come
        CONTINUE WHEN p_forget AND v_label <> '';
        CONTINUE WHEN EXISTS (SELECT FROM hartonomous_internal.match_concepts(ARRAY[v_label], p_variants));
        SELECT string_agg(s.suggestion, ', ') INTO v_near FROM hartonomous.suggest_labels(v_label, 3) AS s;
        RAISE EXCEPTION 'there is no concept % (any more), so nothing was changed%',
            quote_literal(left(v_label, 60)), coalesce('; did you mean ' || v_near || '?', '')
            USING ERRCODE = 'HT003';
    END LOOP;
    RETURN array(
        SELECT m.composition_number FROM hartonomous_internal.match_concepts(p_labels, p_variants) AS m
        ORDER BY m.composition_number
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_concepts(text[], boolean, boolean) IS
'Internal: numbers of the concepts that some labels mean; an error for a label that means none.';
