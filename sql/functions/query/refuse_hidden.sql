-- Every source has a row of each concept that it names, so one look a partition tells who knows it.
CREATE OR REPLACE FUNCTION hartonomous.refuse_hidden(p_composition_number integer)
RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_without constant integer[] := hartonomous.quarantined_sources();
    v_is_live boolean;
    v_label text;
BEGIN
    SELECT bool_or(l.content_id <> ALL (v_without)) INTO v_is_live
    FROM hartonomous.relation_list AS l
    WHERE l.composition_number = p_composition_number;
    IF NOT v_is_live THEN
        SELECT c.label INTO v_label FROM hartonomous.composition AS c
        WHERE c.composition_number = p_composition_number;
        RAISE EXCEPTION '% is known to quarantined sources only', hartonomous.shown_name(v_label)
            USING ERRCODE = 'HT003';
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous.refuse_hidden(integer) IS
'Internal: an error for a concept that no live source knows; asked where an answer is empty.';
