CREATE OR REPLACE FUNCTION hartonomous_internal.preview_concepts(p_labels text[], p_variants boolean, p_forget boolean)
RETURNS hartonomous.deletion
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET work_mem = '64MB'
AS $$
DECLARE
    v_preview hartonomous.deletion;
    v_numbers constant integer[] := hartonomous_internal.require_concepts(p_labels, p_variants, p_forget);
    v_contents integer[];
    v_emptied integer[];
    v_touched integer[];
    v_pruned integer[];
BEGIN
    v_preview.names := array(
        SELECT c.label FROM hartonomous.composition AS c
        WHERE c.composition_number = ANY (v_numbers)
        ORDER BY c.label COLLATE "C"
    );
    WITH observation AS MATERIALIZED (
        SELECT o.content_id, o.a, o.b, o.relation_type_id
        FROM (
            SELECT l.content_id, l.composition_number AS a, unnest(l.neighbours) AS b, l.relation_type_id
            FROM hartonomous.relation_list AS l
            WHERE l.composition_number = ANY (v_numbers) OR l.neighbours && v_numbers
        ) AS o
        WHERE o.b <> 0 AND (o.a = ANY (v_numbers) OR o.b = ANY (v_numbers))
    )
    SELECT
        jsonb_build_object(
            'evidence', count(*),
            'relations_removed', count(DISTINCT (o.a, o.b, o.relation_type_id)),
            'relations_changed', 0
        ),
        coalesce(array_agg(DISTINCT o.content_id), '{}'),
        array(SELECT d.a FROM observation AS d UNION SELECT d.b FROM observation AS d)
    INTO v_preview.counts, v_contents, v_touched
    FROM observation AS o;
    SELECT
        v_preview.counts || jsonb_build_object('sites', count(*)),
        array_agg(DISTINCT s.content_id) FILTER (WHERE NOT EXISTS (
            SELECT FROM hartonomous.site AS o
            WHERE o.content_id = s.content_id AND hartonomous_internal.has_evidence(o, v_numbers)
        ))
    INTO v_preview.counts, v_emptied
    FROM hartonomous.site AS s
    WHERE s.content_id = ANY (v_contents) AND NOT hartonomous_internal.has_evidence(s, v_numbers);
    v_preview.sources_that_go := hartonomous_internal.sources_that_go(v_emptied);
    v_pruned := v_numbers || hartonomous_internal.named_by_nobody_else(v_touched, v_numbers);
    v_preview.goes := hartonomous_internal.labels_that_go(v_pruned);
    v_preview.stays := '[]';
    v_preview.counts := v_preview.counts || jsonb_build_object(
        'sources', coalesce(cardinality(v_emptied), 0),
        'concepts_removed', cardinality(v_pruned),
        'coordinates', (
            SELECT count(*)
            FROM hartonomous.composition_coordinate AS p
            INNER JOIN hartonomous.composition AS c ON c.composition_id = p.composition_id
            WHERE c.composition_number = ANY (v_pruned)
        )
    );
    RETURN v_preview;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.preview_concepts(text[], boolean, boolean) IS
'Internal to preview_delete_concept: the preview, of one moment.';
