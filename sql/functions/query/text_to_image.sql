CREATE OR REPLACE FUNCTION hartonomous.text_to_image(
    prompt text, max_results integer DEFAULT 10,
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS TABLE (visual_features text, score double precision, exemplars text[])
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
    c_floor constant double precision := 0.002;
    c_exemplars constant integer := 3;
    v_without constant integer[] := hartonomous_internal.out_of_scope();
    v_contains constant integer := hartonomous.relation_type_id('contains');
    v_depicts constant integer := hartonomous.relation_type_id('depicts');
    v_words constant integer[] := array(
        SELECT DISTINCT c.composition_number
        FROM (
            SELECT w.composition_id FROM hartonomous.prompt_words(text_to_image.prompt) AS w
            UNION ALL SELECT hartonomous.find_composition(text_to_image.prompt)
        ) AS n
        INNER JOIN hartonomous.composition AS c ON c.composition_id = n.composition_id
    );
BEGIN
    PERFORM hartonomous_internal.require_positive('max_results', text_to_image.max_results);
    IF v_words = '{}' THEN
        PERFORM hartonomous_internal.known_number(text_to_image.prompt);
    END IF;
    RETURN QUERY
    WITH shown AS MATERIALIZED (
        SELECT l.composition_number AS image,
            sum(e.weight) FILTER (WHERE e.word = ANY (v_words)) AS strength
        FROM hartonomous.relation_list AS l
        CROSS JOIN LATERAL unnest(l.neighbours, l.weights) AS e (word, weight)
        WHERE l.relation_type_id = v_depicts AND l.content_id <> ALL (v_without) AND e.weight > 0
        GROUP BY l.composition_number
    ),
    has AS (
        SELECT s.image, s.strength, e.cell, max(e.weight)::bigint AS share
        FROM shown AS s
        INNER JOIN hartonomous.relation_list AS l ON l.composition_number = s.image
        CROSS JOIN LATERAL unnest(l.neighbours, l.weights) AS e (cell, weight)
        WHERE l.relation_type_id = v_contains AND l.content_id <> ALL (v_without) AND e.weight > 0 AND e.cell <> 0
        GROUP BY s.image, s.strength, e.cell
    ),
    counts AS (
        SELECT
            greatest(count(*), 1)::double precision * hartonomous_internal.weight_unit() AS total,
            greatest(count(s.strength), 1)::double precision * hartonomous_internal.weight_unit() AS named
        FROM shown AS s
    ),
    cells AS (
        SELECT h.cell,
            sum(h.share) FILTER (WHERE h.strength > 0) / n.named AS under,
            sum(h.share) / n.total AS overall,
            array_agg(h.image ORDER BY h.strength * h.share DESC, i.composition_id)
                FILTER (WHERE h.strength > 0) AS images
        FROM has AS h
        INNER JOIN hartonomous.composition AS i ON i.composition_number = h.image
        CROSS JOIN counts AS n
        GROUP BY h.cell, n.named, n.total
    )
    SELECT v.label, sqrt(c.under) * ln((c.under + c_floor) / (c.overall + c_floor)),
        array(
            SELECT i.label FROM unnest(c.images[:c_exemplars]) WITH ORDINALITY AS x (image, place)
            INNER JOIN hartonomous.composition AS i ON i.composition_number = x.image ORDER BY x.place
        )
    FROM cells AS c
    INNER JOIN hartonomous.composition AS v ON v.composition_number = c.cell
    WHERE c.under > 0
    ORDER BY 2 DESC, v.composition_id
    LIMIT text_to_image.max_results;
    PERFORM hartonomous_internal.leave_scope(v_scope);
END
$$;

COMMENT ON FUNCTION hartonomous.text_to_image(text, integer, text[], text[], text) IS
'The visual cells that images of these words have more often than others, each with images that show it best.';
