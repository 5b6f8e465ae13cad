CREATE OR REPLACE FUNCTION hartonomous_internal.diffed_sources(p_a text, p_b text, p_nulls text[])
RETURNS integer[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_nulls constant integer := 10;
    v_ids integer[];
    v_other integer;
BEGIN
    PERFORM hartonomous_internal.require_loaded();
    IF p_a = p_b THEN
        RAISE EXCEPTION 'two different sources are compared' USING ERRCODE = 'HT004';
    ELSIF p_nulls IS NULL OR p_a = ANY (p_nulls) OR p_b = ANY (p_nulls) THEN
        RAISE EXCEPTION 'a null is another source than those that are compared' USING ERRCODE = 'HT004';
    ELSIF cardinality(p_nulls) > c_nulls THEN
        RAISE EXCEPTION 'at most % nulls', c_nulls USING ERRCODE = 'HT004';
    END IF;
    v_ids := array(
        SELECT hartonomous_internal.live_source(n.name)
        FROM unnest(ARRAY[p_a, p_b] || p_nulls) WITH ORDINALITY AS n (name, place) ORDER BY n.place
    );
    FOREACH v_other IN ARRAY v_ids[2:] LOOP
        PERFORM hartonomous_internal.require_common(v_ids[1], v_other);
    END LOOP;
    RETURN v_ids;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.diffed_sources(text, text, text[]) IS
'Internal to diff: numbers of two sources and of their nulls, all in scope and of one vocabulary; an error else.';
