CREATE OR REPLACE FUNCTION hartonomous_internal.require_concept(p_label text)
RETURNS integer
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_number constant integer := hartonomous_internal.find_composition_number(p_label);
    v_near text;
BEGIN
    IF v_number IS NULL THEN
        SELECT string_agg(s.suggestion, ', ') INTO v_near FROM hartonomous.suggest_labels(p_label, 3) AS s;
        RAISE EXCEPTION 'there is no concept %, so nothing was changed%',
            quote_literal(left(p_label, 60)), coalesce('; did you mean ' || v_near || '?', '')
            USING ERRCODE = 'HT003';
    END IF;
    RETURN v_number;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_concept(text) IS
'Internal: number of a known concept; an error that names near matches.';
