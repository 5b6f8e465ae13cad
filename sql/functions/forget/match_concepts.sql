CREATE OR REPLACE FUNCTION hartonomous_internal.match_concepts(p_labels text[], p_variants boolean)
RETURNS TABLE (composition_number integer, hash bytea, label text)
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    IF NOT p_variants THEN
        RETURN QUERY
        SELECT DISTINCT c.composition_number, c.hash, c.label
        FROM unnest(p_labels) AS l (label)
        CROSS JOIN LATERAL hartonomous_internal.label_hashes(l.label) AS h (hash)
        INNER JOIN hartonomous.composition AS c ON c.hash = h.hash;
        RETURN;
    END IF;
    RETURN QUERY
    WITH form AS MATERIALIZED (
        SELECT DISTINCT f.form
        FROM unnest(p_labels) AS l (label)
        CROSS JOIN LATERAL hartonomous.concept_forms(l.label) AS f
    )
    SELECT c.composition_number, c.hash, c.label
    FROM hartonomous.composition AS c
    WHERE hartonomous_internal.caseless_form(c.label, c.kind) IN (SELECT f.form FROM form AS f);
END
$$;

COMMENT ON FUNCTION hartonomous_internal.match_concepts(text[], boolean) IS
'Internal: the known concepts that some labels mean, with their other forms if wanted.';
