CREATE OR REPLACE FUNCTION hartonomous.relation_hash(p_relation_id hartonomous.relation_key)
RETURNS bytea
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT hartonomous.blake3(a.hash || b.hash)
        FROM hartonomous.composition AS a
        CROSS JOIN hartonomous.composition AS b
        WHERE a.composition_id = p_relation_id.composition_a_id
            AND b.composition_id = p_relation_id.composition_b_id
    );
END
$$;

COMMENT ON FUNCTION hartonomous.relation_hash(hartonomous.relation_key) IS
'BLAKE3 of the hashes of a relation''s two concepts, computed on request.';
