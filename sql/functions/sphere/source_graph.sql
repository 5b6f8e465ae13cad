-- One row a concept instead of one a relation: a graph of millions of relations then crosses
-- the wire in seconds.
CREATE OR REPLACE FUNCTION hartonomous.source_graph(p_source_identifier text)
RETURNS TABLE (composition_id uuid, relations bytea)
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
SET work_mem = '256MB'
AS $$
DECLARE
    v_content_id integer := (
        SELECT c.content_id FROM hartonomous.content AS c WHERE c.source_identifier = p_source_identifier
    );
BEGIN
    RETURN QUERY
    SELECT
        r.composition_a_id,
        string_agg(uuid_send(r.composition_b_id) || int4send(round(e.weight * 1048576)::integer), ''::bytea)
    FROM hartonomous.relation_evidence AS e
    INNER JOIN hartonomous.relation AS r ON r.relation_id = e.relation_id
    INNER JOIN hartonomous.relation_type AS t ON t.relation_type_id = r.relation_type_id
    WHERE e.content_id = v_content_id AND t.is_symmetric
    GROUP BY r.composition_a_id;
END
$$;

COMMENT ON FUNCTION hartonomous.source_graph(text) IS
'The symmetric relations that a source holds, a row a concept: for each relation the other concept''s id (16 bytes) and the weight in units of 2^-20 (4 bytes, big-endian).';
