CREATE OR REPLACE FUNCTION hartonomous.reference_lists(p_composition_ids uuid [], p_length integer)
RETURNS TABLE (a uuid, b uuid)
LANGUAGE sql STABLE ROWS 10000
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
    SELECT DISTINCT ca.composition_id, cb.composition_id
    FROM hartonomous_internal.voting_sites() AS v
    INNER JOIN hartonomous.content AS c ON c.content_id = v.content_id AND hartonomous_internal.is_in_scope(c)
    INNER JOIN hartonomous.composition AS ca ON ca.composition_id = ANY (p_composition_ids)
    INNER JOIN hartonomous.relation_list AS l
        ON l.content_id = v.content_id AND l.site_id = v.site_id AND l.composition_number = ca.composition_number
    CROSS JOIN LATERAL unnest(l.neighbours[1:p_length]) AS n (neighbour)
    INNER JOIN hartonomous.composition AS cb ON cb.composition_number = n.neighbour
$$;

COMMENT ON FUNCTION hartonomous.reference_lists(uuid [], integer) IS
'What live sources that vote list first for some concepts, each pair once: what new sites are held against.';
