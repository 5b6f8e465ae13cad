CREATE OR REPLACE FUNCTION hartonomous_internal.line_of(p_function integer, p_content_id integer)
RETURNS integer
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_begins_at constant integer := hartonomous.relation_type_id('begins_at');
BEGIN
    RETURN (
        SELECT min(substring(c.label FROM '^line:([1-9][0-9]{0,8})$')::integer)
        FROM hartonomous.relation_list AS l
        CROSS JOIN LATERAL unnest(l.neighbours, l.weights) AS e (line, weight)
        INNER JOIN hartonomous.composition AS c ON c.composition_number = e.line
        WHERE l.composition_number = p_function AND l.content_id = p_content_id
            AND l.relation_type_id = v_begins_at AND e.weight > 0
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.line_of(integer, integer) IS
'Internal: the line at which a function begins in a file, null where the file does not say.';
