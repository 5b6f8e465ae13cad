-- A tsquery can't weigh its words: its letters choose labels in a document, and neighbours in one OR with
-- the words make a search worse. Whoever ranks adds ts_rank of the first and a share of ts_rank of the second.
CREATE OR REPLACE FUNCTION hartonomous.expand_query(
    words text, max_neighbors integer DEFAULT 3,
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS TABLE (word_query tsquery, neighbor_query tsquery, neighbors text[])
LANGUAGE plpgsql STABLE ROWS 1
SET search_path = pg_catalog, pg_temp
-- a query without words is said to be one, and here it is none's fault
SET client_min_messages = warning
AS $$
DECLARE
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
    c_most constant integer := 20;
    v_word record;
    v_label text;
BEGIN
    PERFORM hartonomous_internal.require_positive('max_neighbors', expand_query.max_neighbors, c_most);
    PERFORM hartonomous_internal.require_loaded();
    word_query := '';
    neighbor_query := '';
    neighbors := '{}';
    FOR v_word IN SELECT e.word, e.near FROM hartonomous_internal.expansion(expand_query.words, expand_query.max_neighbors) AS e LOOP
        word_query := word_query || plainto_tsquery('pg_catalog.english', v_word.word);
        FOREACH v_label IN ARRAY v_word.near LOOP
            CONTINUE WHEN v_label = ANY (neighbors);
            neighbors := neighbors || v_label;
            neighbor_query := neighbor_query || phraseto_tsquery('pg_catalog.english', v_label);
        END LOOP;
    END LOOP;
    RETURN NEXT;
    PERFORM hartonomous_internal.leave_scope(v_scope);
END
$$;

COMMENT ON FUNCTION hartonomous.expand_query(text, integer, text[], text[], text) IS
'Two queries for PostgreSQL''s full-text search: one of the words of a question, any of them, and one of the words and phrases that these are most strongly related to. Rank by ts_rank(text, word_query) + 0.3 * ts_rank(text, neighbor_query).';
