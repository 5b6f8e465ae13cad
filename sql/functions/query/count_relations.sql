-- Concept by concept: a set of millions of pairs would not fit into memory.
CREATE OR REPLACE FUNCTION hartonomous.count_relations(
    sources text[] DEFAULT NULL, without text[] DEFAULT NULL, as_of text DEFAULT NULL
)
RETURNS bigint
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET jit = off
SET work_mem = '64MB'
AS $$
DECLARE
    v_scope constant text[] := hartonomous_internal.enter_scope(sources, without, as_of);
    v_without constant integer[] := hartonomous_internal.out_of_scope();
    v_counted bigint;
    v_rest integer[];
BEGIN
    PERFORM hartonomous_internal.require_scope();
    SELECT f.relations, f.others INTO v_counted, v_rest FROM hartonomous_internal.current_figures() AS f;
    IF v_rest IS NULL THEN
        v_rest := array(SELECT c.composition_number FROM hartonomous.composition AS c);
    END IF;
    v_counted := v_counted + (
        SELECT coalesce(sum(r.relations), 0)
        FROM unnest(v_rest) AS n (number)
        CROSS JOIN LATERAL (
            SELECT count(*) AS relations
            FROM (
                SELECT DISTINCT o.b, o.relation_type_id
                FROM (
                    SELECT unnest(l.neighbours) AS b, l.relation_type_id
                    FROM hartonomous.relation_list AS l
                    WHERE l.composition_number = n.number AND l.content_id <> ALL (v_without)
                ) AS o
                WHERE o.b <> 0
            ) AS d
        ) AS r
    );
    PERFORM hartonomous_internal.leave_scope(v_scope);
    RETURN v_counted;
END
$$;

COMMENT ON FUNCTION hartonomous.count_relations(text[], text[], text) IS
'How many relations the live sources hold; quick after summarise_relations.';
