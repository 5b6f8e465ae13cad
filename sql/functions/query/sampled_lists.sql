-- Concepts are those with the smallest ids, which are the same in every source that knows them.
CREATE OR REPLACE FUNCTION hartonomous_internal.sampled_lists(p_source text, p_concepts integer, p_lists integer)
RETURNS TABLE (composition_id uuid, composition_number integer, label text, neighbours integer[], known bigint)
LANGUAGE plpgsql STABLE ROWS 10000
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    v_live constant integer[] := hartonomous_internal.voting_site_of(p_source);
BEGIN
    RETURN QUERY
    SELECT
        s.composition_id, s.composition_number, s.label,
        CASE WHEN s.place <= p_lists THEN s.neighbours END, s.known
    FROM (
        SELECT
            c.composition_id, c.composition_number, c.label, l.neighbours,
            row_number() OVER (ORDER BY c.composition_id) AS place, count(*) OVER () AS known
        FROM hartonomous.relation_list AS l
        INNER JOIN hartonomous.composition AS c ON c.composition_number = l.composition_number
        WHERE l.content_id = v_live[1] AND l.site_id = v_live[2]
    ) AS s
    WHERE s.place <= p_concepts
    ORDER BY s.composition_id;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.sampled_lists(text, integer, integer) IS
'Internal: the concepts with the smallest ids that a live model lists neighbours for, the lists of the first of them, and how many there are in all.';
