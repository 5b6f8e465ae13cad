CREATE OR REPLACE FUNCTION hartonomous_internal.scored_places(p_stems text[], p_without integer[])
RETURNS TABLE (content_id integer, function_number integer, score double precision, stems text[])
LANGUAGE sql STABLE ROWS 1000
AS $$
    SELECT d.content_id, NULL::integer, d.score, d.stems FROM hartonomous_internal.document_scores(p_stems, p_without) AS d
    UNION ALL
    SELECT f.content_id, f.function_number, f.score, f.stems FROM hartonomous_internal.function_scores(p_stems, p_without) AS f
$$;

COMMENT ON FUNCTION hartonomous_internal.scored_places(text[], integer[]) IS
'Internal: the documents, and the functions of code, that words of these stems are in.';
