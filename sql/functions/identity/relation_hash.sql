CREATE OR REPLACE FUNCTION hartonomous.relation_hash(p_relation_id uuid)
RETURNS bytea
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT hartonomous.blake3(a.hash || b.hash)
        FROM hartonomous.relation AS r
        INNER JOIN hartonomous.composition AS a ON a.composition_id = r.composition_a_id
        INNER JOIN hartonomous.composition AS b ON b.composition_id = r.composition_b_id
        WHERE r.relation_id = p_relation_id
    );
END
$$;

COMMENT ON FUNCTION hartonomous.relation_hash(uuid) IS
'BLAKE3 of the hashes of a relation''s two concepts, computed on request.';
