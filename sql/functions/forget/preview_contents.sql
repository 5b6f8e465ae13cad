-- What delete_contents would report, by reading alone, and what becomes of the relations.
CREATE OR REPLACE FUNCTION hartonomous_internal.preview_contents(p_content_ids integer[])
RETURNS hartonomous.deletion
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET work_mem = '256MB'
AS $$
DECLARE
    v_preview hartonomous.deletion := hartonomous_internal.count_contents(p_content_ids);
    v_named constant integer[] := hartonomous_internal.named_compositions(p_content_ids);
    v_pruned constant integer[] := hartonomous_internal.unnamed_compositions(v_named, p_content_ids);
    v_relations jsonb;
    v_kept integer[];
    v_coordinates constant bigint := (
        SELECT count(*)
        FROM hartonomous.composition_coordinate AS p
        INNER JOIN hartonomous.composition AS c ON c.composition_id = p.composition_id
        WHERE c.composition_number = ANY (v_pruned) AND p.content_id <> ALL (p_content_ids)
    );
BEGIN
    SELECT jsonb_build_object(
        'relations_removed', count(*) FILTER (WHERE NOT r.stays),
        'relations_changed', count(*) FILTER (WHERE r.stays)
    )
    INTO v_relations
    FROM (
        SELECT bool_or(o.goes) AS goes, NOT bool_and(o.goes) AS stays
        FROM (
            SELECT
                l.composition_number AS a, unnest(l.neighbours) AS b, l.relation_type_id,
                l.content_id = ANY (p_content_ids) AS goes
            FROM hartonomous.relation_list AS l
            WHERE l.composition_number = ANY (v_named)
        ) AS o
        WHERE o.b <> 0
        GROUP BY o.a, o.b, o.relation_type_id
    ) AS r
    WHERE r.goes;
    v_preview.counts := v_preview.counts || v_relations || jsonb_build_object(
        'concepts_removed', cardinality(v_pruned),
        'coordinates', (v_preview.counts ->> 'coordinates')::bigint + v_coordinates
    );
    v_kept := array(SELECT n.number FROM unnest(v_named) AS n (number) EXCEPT SELECT unnest(v_pruned));
    v_preview.goes := hartonomous_internal.labels_that_go(v_pruned);
    v_preview.sources_that_go := hartonomous_internal.sources_that_go(p_content_ids);
    v_preview.stays := hartonomous_internal.concepts_that_stay(v_kept, p_content_ids)
        || hartonomous_internal.relations_that_stay(v_kept, p_content_ids);
    RETURN v_preview;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.preview_contents(integer[]) IS
'Internal: what deleting these sources would take away and change.';
