-- What is remembered is a function of the labels and never of what is stored, so that it doesn't
-- matter whether what is forgotten was there already.
CREATE OR REPLACE FUNCTION hartonomous_internal.remember_forgotten(p_labels text[], p_variants boolean)
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
        SELECT s.hash
        FROM unnest(p_labels) AS l (label)
        CROSS JOIN LATERAL hartonomous_internal.label_hashes(l.label) AS s (hash)
        WHERE NOT p_variants
        UNION
        SELECT hartonomous_internal.caseless_digest(f.form)
        FROM unnest(p_labels) AS l (label)
        CROSS JOIN LATERAL hartonomous.concept_forms(l.label) AS f
        WHERE p_variants
    ) AS h
    ORDER BY h.hash
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS v_added = ROW_COUNT;
    RETURN v_added;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.remember_forgotten(text[], boolean) IS
'Internal: puts concepts on the list that loads leave out; returns how many entries are new.';
