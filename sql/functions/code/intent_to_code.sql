CREATE OR REPLACE FUNCTION hartonomous.intent_to_code(
    words text, max_results integer DEFAULT 10,
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS TABLE (
    code_ast text, function text, file text, line integer, score double precision, found_by text[], source_identifier text
)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
    v_without constant integer[] := hartonomous_internal.out_of_scope();
    v_stems text[];
BEGIN
    PERFORM hartonomous_internal.require_positive('max_results', intent_to_code.max_results, 1000);
    PERFORM hartonomous_internal.require_scope();
    PERFORM hartonomous_internal.require_loaded();
    v_stems := hartonomous_internal.require_stems(intent_to_code.words);
    RETURN QUERY
    SELECT
        hartonomous_internal.code_ast_of(best.function_number, best.content_id, v_stems), best.label,
        substr(best.source_identifier, char_length(hartonomous_internal.repository_of(best.content_id)) + 2),
        hartonomous_internal.line_of(best.function_number, best.content_id), best.score, best.stems, best.source_identifier
    FROM (
        SELECT s.function_number, s.content_id, s.score, s.stems, b.label, b.composition_id, c.source_identifier
        FROM (
            -- ties are decided by names, which are looked up for the few that remain
            SELECT f.* FROM hartonomous_internal.function_scores(v_stems, v_without) AS f
            ORDER BY f.score DESC
            FETCH FIRST intent_to_code.max_results ROWS WITH TIES
        ) AS s
        INNER JOIN hartonomous.composition AS b ON b.composition_number = s.function_number
        INNER JOIN hartonomous.content AS c ON c.content_id = s.content_id
        ORDER BY s.score DESC, b.composition_id, c.source_identifier COLLATE "C"
        LIMIT intent_to_code.max_results
    ) AS best
    ORDER BY best.score DESC, best.composition_id, best.source_identifier COLLATE "C";
    PERFORM hartonomous_internal.leave_scope(v_scope);
END
$$;

COMMENT ON FUNCTION hartonomous.intent_to_code(text, integer, text[], text[], text) IS
'The functions that words are about, by English stems: the patterns each is an instance of with their neutral trees, where it begins, and which stems found it.';
