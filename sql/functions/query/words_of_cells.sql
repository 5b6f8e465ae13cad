-- Lift and not summed weights: sum over the cells of sqrt(share in the image) times
-- ln((share under the word + .002) / (share overall + .002)). All are sums over live evidence.
CREATE OR REPLACE FUNCTION hartonomous_internal.words_of_cells(
    p_cells integer[], p_shares double precision[], p_max_results integer
)
RETURNS TABLE (label text, score double precision, image_count bigint)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
SET jit = off
SET work_mem = '64MB'
AS $$
#variable_conflict use_column
DECLARE
    c_floor constant double precision := 0.002;
    v_without constant integer[] := hartonomous_internal.out_of_scope();
    v_contains constant integer := hartonomous.relation_type_id('contains');
    v_depicts constant integer := hartonomous.relation_type_id('depicts');
BEGIN
    RETURN QUERY
    WITH has AS MATERIALIZED (
        SELECT l.composition_number AS image, e.cell, max(e.weight)::bigint AS share
        FROM hartonomous.relation_list AS l
        CROSS JOIN LATERAL unnest(l.neighbours, l.weights) AS e (cell, weight)
        WHERE l.relation_type_id = v_contains AND l.content_id <> ALL (v_without) AND e.weight > 0
            AND l.neighbours && p_cells AND e.cell = ANY (p_cells)
        GROUP BY l.composition_number, e.cell
    ),
    shows AS MATERIALIZED (
        SELECT DISTINCT l.composition_number AS image, e.word
        FROM hartonomous.relation_list AS l
        CROSS JOIN LATERAL unnest(l.neighbours, l.weights) AS e (word, weight)
        WHERE l.relation_type_id = v_depicts AND l.content_id <> ALL (v_without) AND e.weight > 0 AND e.word <> 0
    ),
    images AS (SELECT greatest(count(DISTINCT s.image), 1)::double precision * hartonomous_internal.weight_unit() AS total FROM shows AS s),
    overall AS (
        SELECT h.cell, sum(h.share) / i.total AS share
        FROM has AS h CROSS JOIN images AS i
        WHERE EXISTS (SELECT FROM shows AS s WHERE s.image = h.image)
        GROUP BY h.cell, i.total
    ),
    words AS (SELECT s.word, count(*) AS image_count FROM shows AS s GROUP BY s.word),
    under AS (
        SELECT s.word, h.cell, sum(h.share) AS share
        FROM shows AS s INNER JOIN has AS h ON h.image = s.image
        GROUP BY s.word, h.cell
    ),
    scored AS (
        SELECT w.word, w.image_count,
            sum(sqrt(a.share) * ln(
                (coalesce(u.share, 0) / (w.image_count::double precision * hartonomous_internal.weight_unit()) + c_floor) / (coalesce(o.share, 0) + c_floor)
            ) ORDER BY v.composition_id) AS score
        FROM words AS w
        CROSS JOIN unnest(p_cells, p_shares) AS a (cell, share)
        INNER JOIN hartonomous.composition AS v ON v.composition_number = a.cell
        LEFT JOIN under AS u ON u.word = w.word AND u.cell = a.cell
        LEFT JOIN overall AS o ON o.cell = a.cell
        GROUP BY w.word, w.image_count
    )
    SELECT c.label, s.score, s.image_count
    FROM scored AS s
    INNER JOIN hartonomous.composition AS c ON c.composition_number = s.word
    WHERE s.score > 0
    ORDER BY s.score DESC, c.composition_id
    LIMIT p_max_results;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.words_of_cells(integer[], double precision[], integer) IS
'Internal: the labels of images that have such visual cells, by how much more often they have them than others.';
