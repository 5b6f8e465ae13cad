CREATE OR REPLACE FUNCTION hartonomous_internal.combined_numbers(p_labels text[], p_without_labels text[])
RETURNS integer[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_most constant integer := 100;
    v_numbers integer[];
BEGIN
    IF coalesce(cardinality(p_labels), 0) = 0 OR cardinality(p_labels || p_without_labels) > c_most THEN
        RAISE EXCEPTION 'give 1 to % concepts', c_most USING ERRCODE = 'HT004';
    END IF;
    v_numbers := array(
        SELECT hartonomous_internal.known_number(g.label)
        FROM unnest(p_labels || p_without_labels) WITH ORDINALITY AS g (label, place)
        ORDER BY g.place
    );
    IF cardinality(v_numbers) > (SELECT count(DISTINCT n.number) FROM unnest(v_numbers) AS n (number)) THEN
        RAISE EXCEPTION 'each concept is given once, on one side' USING ERRCODE = 'HT004';
    END IF;
    RETURN v_numbers;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.combined_numbers(text[], text[]) IS
'Internal: local numbers of concepts that are asked about together, those that are wanted first; an error where one is not known, or given twice.';
