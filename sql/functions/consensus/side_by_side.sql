CREATE OR REPLACE FUNCTION hartonomous_internal.side_by_side(
    p_composition_number integer,
    p_others integer[],
    p_content_ids integer[],
    p_site_ids integer[],
    p_weights integer[]
)
RETURNS TABLE (b integer, content_id integer, weight integer, rank integer, strength double precision)
LANGUAGE plpgsql STABLE ROWS 200
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET jit = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT
        r.b, r.content_id, r.weight, r.rank,
        CASE WHEN r.rank IS NOT NULL THEN
            hartonomous_internal.list_evidence(r.weights[r.rank], r.cut)::double precision
            / greatest(hartonomous_internal.list_evidence(r.weights[1], r.cut), 1)
        END
    FROM (
        SELECT o.b, w.content_id, w.weight, l.weights, l.cut, array_position(l.neighbours, o.b) AS rank
        FROM unnest(p_content_ids, p_site_ids, p_weights) AS w (content_id, site_id, weight)
        INNER JOIN hartonomous.relation_list AS l
            ON l.composition_number = p_composition_number
                AND l.content_id = w.content_id AND l.site_id = w.site_id
        CROSS JOIN unnest(p_others) AS o (b)
        WHERE EXISTS (
            SELECT FROM hartonomous.relation_list AS k
            WHERE k.composition_number = o.b AND k.content_id = w.content_id AND k.site_id = w.site_id
        )
    ) AS r;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.side_by_side(integer, integer[], integer[], integer[], integer[]) IS
'Internal: what each source that knows both says of a concept and some others: the rank in its list, null where it does not list it, and how strongly against its first.';
