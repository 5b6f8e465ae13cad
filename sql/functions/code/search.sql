CREATE OR REPLACE FUNCTION hartonomous.search(
    words text, max_results integer DEFAULT 10, expand boolean DEFAULT TRUE,
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS TABLE (
    source_identifier text, kind text, function text, line integer, score double precision, found_by text[], expanded_by text[]
)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
    c_share constant double precision := 0.1;
    c_neighbors constant integer := 3;
    v_without constant integer[] := hartonomous_internal.out_of_scope();
    v_stems text[];
    v_near text[];
BEGIN
    PERFORM hartonomous_internal.require_positive('max_results', search.max_results, 1000);
    PERFORM hartonomous_internal.require_loaded();
    SELECT array_agg(e.stem), array_agg(n.stem) FILTER (WHERE n.stem IS NOT NULL) INTO v_stems, v_near
    FROM hartonomous_internal.expansion(search.words, c_neighbors) AS e
    LEFT JOIN LATERAL (
        SELECT w.stem FROM unnest(e.near) AS near (label) CROSS JOIN LATERAL hartonomous_internal.word_stems(near.label) AS w
        WHERE search.expand
    ) AS n ON TRUE;
    v_stems := array(SELECT DISTINCT s.stem COLLATE "C" FROM unnest(v_stems) AS s (stem) ORDER BY 1);
    v_near := array(SELECT DISTINCT s.stem COLLATE "C" FROM unnest(v_near) AS s (stem) ORDER BY 1);
    RETURN QUERY
    WITH places AS (
        SELECT p.content_id, p.function_number, sum(p.score * p.share ORDER BY p.share DESC) AS score,
            coalesce(min(p.stems) FILTER (WHERE p.share = 1), '{}') AS words,
            coalesce(min(p.stems) FILTER (WHERE p.share < 1), '{}') AS near
        FROM (
            SELECT s.*, 1::double precision AS share FROM hartonomous_internal.scored_places(v_stems, v_without) AS s
            UNION ALL
            SELECT s.*, c_share FROM hartonomous_internal.scored_places(v_near, v_without) AS s
        ) AS p
        GROUP BY p.content_id, p.function_number
    )
    SELECT b.source_identifier, b.kind, b.label, hartonomous_internal.line_of(b.function_number, b.content_id), b.score, b.words, b.near
    FROM (
        SELECT p.*, c.source_identifier, c.kind, f.label, f.composition_id
        FROM places AS p
        INNER JOIN hartonomous.content AS c ON c.content_id = p.content_id
        LEFT JOIN hartonomous.composition AS f ON f.composition_number = p.function_number
        ORDER BY p.score DESC, c.source_identifier COLLATE "C", f.composition_id
        LIMIT search.max_results
    ) AS b
    ORDER BY b.score DESC, b.source_identifier COLLATE "C", b.composition_id;
    PERFORM hartonomous_internal.leave_scope(v_scope);
END
$$;

COMMENT ON FUNCTION hartonomous.search(text, integer, boolean, text[], text[], text) IS
'The documents, and the functions of code, that words are in, by English stems; expand adds, for less, the words that these are most strongly related to, and expanded_by says what they found.';
