CREATE OR REPLACE FUNCTION hartonomous.image_to_concepts(
    features real[], codebook text DEFAULT NULL, max_results integer DEFAULT 10,
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS TABLE (object_labels text, score double precision, image_count bigint)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
    v_books constant text[] := array(
        SELECT DISTINCT split_part(split_part(c.label, ':', 2), '/', 1) AS book
        FROM hartonomous.composition AS c
        WHERE c.kind = 'visual' AND hartonomous_internal.is_shown(c.composition_id)
            AND (image_to_concepts.codebook IS NULL
                OR split_part(split_part(c.label, ':', 2), '/', 1) = image_to_concepts.codebook)
        ORDER BY book
    );
BEGIN
    PERFORM hartonomous_internal.require_positive('max_results', image_to_concepts.max_results);
    IF cardinality(v_books) <> 1 THEN
        RAISE EXCEPTION 'features are shares of the cells of one codebook; there are %', cardinality(v_books)
            USING ERRCODE = 'HT004';
    END IF;
    RETURN QUERY
    SELECT w.label, w.score, w.image_count
    FROM (
        SELECT array_agg(c.composition_number ORDER BY f.place) AS cells,
            array_agg(f.share::double precision ORDER BY f.place) AS shares
        FROM unnest(image_to_concepts.features) WITH ORDINALITY AS f (share, place)
        INNER JOIN hartonomous.composition AS c
            ON c.label = format('visual:%s/%s', v_books[1], f.place - 1) AND c.kind = 'visual'
        WHERE f.share > 0
    ) AS a
    CROSS JOIN LATERAL hartonomous_internal.words_of_cells(a.cells, a.shares, image_to_concepts.max_results) AS w;
    PERFORM hartonomous_internal.leave_scope(v_scope);
END
$$;

COMMENT ON FUNCTION hartonomous.image_to_concepts(real[], text, integer, text[], text[], text) IS
'What an image shows whose visual cells have these shares, the first that of cell 0: labels of the images that have such cells, by how much more often they have them than others. The codebook may be left out where there is one.';
