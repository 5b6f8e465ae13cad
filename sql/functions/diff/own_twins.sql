-- Neurons and experts are concepts of their source, whose name stands in theirs: what follows it is the
-- same in both. An array instead of rows, as every neighbour of every list is looked up in it.
CREATE OR REPLACE FUNCTION hartonomous_internal.own_twins(
    p_a integer, p_b integer, OUT below integer, OUT numbers integer[]
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_a constant text := (SELECT c.source_identifier FROM hartonomous.content AS c WHERE c.content_id = p_a);
    v_b constant text := (SELECT c.source_identifier FROM hartonomous.content AS c WHERE c.content_id = p_b);
BEGIN
    WITH twin AS MATERIALIZED (
        SELECT x.composition_number AS own, y.composition_number AS other
        FROM hartonomous.composition AS y
        INNER JOIN hartonomous.composition AS x
            ON x.kind = y.kind
            AND x.label = y.kind || ':' || v_a || substr(y.label, length(y.kind) + 2 + length(v_b))
        WHERE y.kind NOT IN ('text', 'piece') AND starts_with(y.label, y.kind || ':' || v_b || ' ')
    )
    SELECT r.first - 1, array(
        SELECT coalesce(t.own, 0)
        FROM generate_series(r.first, r.last) AS n (number)
        LEFT JOIN twin AS t ON t.other = n.number
        ORDER BY n.number
    )
    INTO below, numbers
    FROM (SELECT min(t.other) AS first, max(t.other) AS last FROM twin AS t) AS r;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.own_twins(integer, integer) IS
'Internal to diff: at place n of numbers the number of the concept of the first source that is the same neuron or expert as concept below + n of the second, else 0; numbers is empty where there is none.';
