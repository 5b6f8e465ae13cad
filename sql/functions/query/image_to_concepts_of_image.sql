-- What the sources say comes first; an image that nobody has named says by its cells what it may show.
CREATE OR REPLACE FUNCTION hartonomous.image_to_concepts(
    image text, max_results integer DEFAULT 10,
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS TABLE (object_labels text, score double precision, evidence_count bigint)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
    v_image constant integer := hartonomous_internal.known_number(image_to_concepts.image);
BEGIN
    PERFORM hartonomous_internal.require_positive('max_results', image_to_concepts.max_results);
    RETURN QUERY
    SELECT b.label, r.weight_sum::double precision / hartonomous_internal.weight_unit() / r.evidence_count, r.evidence_count
    FROM hartonomous_internal.relations_from(ARRAY[v_image], hartonomous.relation_type_id('depicts')) AS r
    INNER JOIN hartonomous.composition AS b ON b.composition_number = r.b
    ORDER BY 2 DESC, b.composition_id
    LIMIT image_to_concepts.max_results;
    IF NOT FOUND THEN
        RETURN QUERY
        SELECT w.label, w.score, w.image_count
        FROM (
            SELECT
                array_agg(r.b ORDER BY r.b) AS cells,
                array_agg(
                    r.weight_sum::double precision / hartonomous_internal.weight_unit() / r.evidence_count ORDER BY r.b
                ) AS shares
            FROM hartonomous_internal.relations_from(ARRAY[v_image], hartonomous.relation_type_id('contains')) AS r
        ) AS a
        CROSS JOIN LATERAL hartonomous_internal.words_of_cells(a.cells, a.shares, image_to_concepts.max_results) AS w;
    END IF;
    PERFORM hartonomous_internal.leave_scope(v_scope);
END
$$;

COMMENT ON FUNCTION hartonomous.image_to_concepts(text, integer, text[], text[], text) IS
'What an image of the substrate shows, by the mean weight of what sources say; where none says anything, what other images with its visual cells show.';
