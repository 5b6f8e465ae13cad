-- What the lists of one concept add up to: SQL language, so that it is inlined where it is used and
-- the concept reaches the index whichever way a query comes by it. Concept by concept, because a
-- small hash table or sort stays in the processor's cache: all at once took twice as long. Sources
-- that are out of scope don't count, unless the caller says itself which ones don't.
CREATE OR REPLACE FUNCTION hartonomous_internal.sum_lists(
    p_composition_number integer, p_without integer[] DEFAULT NULL, p_relation_type_id integer DEFAULT NULL
)
RETURNS TABLE (
    b integer,
    relation_type_id integer,
    source_count bigint,
    evidence_count bigint,
    rejection_count bigint,
    weight_sum bigint,
    elo_score double precision
)
LANGUAGE sql STABLE ROWS 200
AS $$
    SELECT
        o.b,
        o.relation_type_id,
        count(DISTINCT o.content_id),
        count(*),
        count(*) FILTER (WHERE o.weight < 0),
        sum(greatest(o.weight, 0)),
        hartonomous.elo_from_evidence(
            count(*), sum(greatest(o.weight, 0)), count(DISTINCT o.content_id), count(*) FILTER (WHERE o.weight < 0)
        )
    FROM (
        SELECT
            unnest(l.neighbours) AS b,
            l.relation_type_id,
            l.content_id,
            unnest(l.weights) AS weight
        FROM hartonomous.relation_list AS l
        WHERE l.composition_number = p_composition_number
            AND l.content_id <> ALL (coalesce(p_without, array(
                SELECT c.content_id FROM hartonomous.content AS c WHERE NOT hartonomous_internal.is_in_scope(c)
            )))
            AND (p_relation_type_id IS NULL OR l.relation_type_id = p_relation_type_id)
    ) AS o
    WHERE o.b <> 0
    GROUP BY o.b, o.relation_type_id
$$;

COMMENT ON FUNCTION hartonomous_internal.sum_lists(integer, integer[], integer) IS
'Internal: the relations that the lists of a concept hold, of one type or of all, with what the evidence of each adds up to and its rating; the sources p_without are left out, by default those out of scope.';
