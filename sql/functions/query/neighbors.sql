CREATE OR REPLACE FUNCTION hartonomous.neighbors(
    label text, max_results integer DEFAULT 10, relation_type text DEFAULT 'related'
)
RETURNS TABLE (
    neighbor text,
    elo_score double precision,
    evidence_count integer,
    source_count integer,
    mean_weight double precision,
    relation_id uuid
)
LANGUAGE plpgsql VOLATILE STRICT ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT
        c.label, n.elo_score, n.evidence_count, n.source_count,
        n.weight_sum::double precision / 1048576 / n.evidence_count, n.relation_id
    FROM (
        SELECT r.*
        FROM hartonomous.relations_from(
            ARRAY[hartonomous.find_composition(neighbors.label)], neighbors.relation_type
        ) AS r
        ORDER BY r.elo_score DESC, r.composition_b_id
        LIMIT neighbors.max_results
    ) AS n
    INNER JOIN hartonomous.composition AS c ON c.composition_id = n.composition_b_id
    ORDER BY n.elo_score DESC, n.composition_b_id;
END
$$;

COMMENT ON FUNCTION hartonomous.neighbors(text, integer, text) IS
'The concepts that a concept is most strongly related to, best rated first; no rows for an unknown label.';
