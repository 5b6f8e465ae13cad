-- One row a concept instead of one a relation: a graph of millions of relations then crosses
-- the wire in seconds.
CREATE OR REPLACE FUNCTION hartonomous.source_graph(p_source_identifier text)
RETURNS TABLE (composition_id uuid, relations bytea)
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
SET work_mem = '256MB'
AS $$
DECLARE
    v_content_id integer := (
        SELECT c.content_id FROM hartonomous.content AS c
        WHERE c.source_identifier = p_source_identifier AND c.state = 'live'
    );
BEGIN
    RETURN QUERY
    SELECT
        a.composition_id,
        string_agg(uuid_send(b.composition_id) || int4send(greatest(e.weight, 0)), ''::bytea)
    FROM hartonomous.relation_list AS l
    INNER JOIN hartonomous.relation_type AS t
        ON t.relation_type_id = l.relation_type_id AND t.is_symmetric
    CROSS JOIN LATERAL unnest(l.neighbours, l.weights) AS e (neighbour, weight)
    INNER JOIN hartonomous.composition AS a ON a.composition_number = l.composition_number
    INNER JOIN hartonomous.composition AS b ON b.composition_number = e.neighbour
    WHERE l.content_id = v_content_id
    GROUP BY a.composition_id;
END
$$;

COMMENT ON FUNCTION hartonomous.source_graph(text) IS
'The symmetric relations that a live source holds, a row a concept: for each relation the other concept''s id (16 bytes) and the weight in units of 2^-20 (4 bytes, big-endian).';
