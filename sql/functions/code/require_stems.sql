CREATE OR REPLACE FUNCTION hartonomous_internal.require_stems(p_words text)
RETURNS text[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_stems constant text[] := array(
        SELECT w.stem FROM hartonomous_internal.word_stems(p_words) AS w ORDER BY w.stem COLLATE "C"
    );
BEGIN
    IF v_stems = '{}' THEN
        RAISE EXCEPTION 'no word to look for in %', quote_literal(left(coalesce(p_words, ''), 80)) USING ERRCODE = 'HT004';
    END IF;
    RETURN v_stems;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_stems(text) IS
'Internal: the English stems of words that are looked for; an error where there are none.';
