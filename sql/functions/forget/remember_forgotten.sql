CREATE OR REPLACE FUNCTION hartonomous.remember_forgotten(p_labels text[], p_variants boolean)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_added bigint;
BEGIN
    INSERT INTO hartonomous.forgotten_composition (composition_id, hash)
    SELECT encode(substring(h.hash FROM 1 FOR 16), 'hex')::uuid, h.hash
    FROM (
        SELECT hartonomous.blake3(
            CASE WHEN f.kind = 'piece' THEN convert_to('piece', 'UTF8') || '\x00'::bytea ELSE ''::bytea END
            || convert_to(normalize(f.form, NFC), 'UTF8')
        ) AS hash
        FROM unnest(p_labels) AS l (label)
        CROSS JOIN LATERAL (
            SELECT v.form, v.kind FROM hartonomous.concept_forms(l.label) AS v WHERE p_variants
            UNION
            SELECT l.label, 'text'
            UNION
            SELECT substring(l.label FROM 3), 'piece' WHERE l.label LIKE '##_%'
        ) AS f
        UNION
        SELECT m.hash FROM hartonomous.match_concepts(p_labels, p_variants) AS m
    ) AS h
    ORDER BY h.hash
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS v_added = ROW_COUNT;
    RETURN v_added;
END
$$;

COMMENT ON FUNCTION hartonomous.remember_forgotten(text[], boolean) IS
'Internal: puts concepts on the list that loads leave out; returns how many were not on it.';
