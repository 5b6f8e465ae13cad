CREATE OR REPLACE FUNCTION hartonomous.refresh_ratings()
RETURNS hartonomous.deletion
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET work_mem = '256MB'
AS $$
DECLARE
    v_refreshed hartonomous.deletion;
    v_sites constant bigint := (SELECT count(*) FROM hartonomous.site);
    v_contents constant bigint := (SELECT count(*) FROM hartonomous.content);
    v_all integer[];
    v_cleared record;
    v_pruned record;
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_editor');
    PERFORM hartonomous.lock_writer();
    DELETE FROM hartonomous.relation_summary;
    PERFORM hartonomous_internal.drop_layout();
    PERFORM hartonomous_internal.drop_unsupported_rows();
    DELETE FROM hartonomous.relation_list AS l
    WHERE NOT EXISTS (SELECT FROM hartonomous.content AS c WHERE c.content_id = l.content_id)
        OR NOT EXISTS (
            SELECT FROM hartonomous.site AS s
            WHERE s.group_site_id = l.site_id AND s.content_id = l.content_id
        )
        OR NOT EXISTS (
            SELECT FROM hartonomous.composition AS c WHERE c.composition_number = l.composition_number
        );
    SELECT c.* INTO v_cleared FROM hartonomous_internal.clear_neighbours(array(
        SELECT DISTINCT e.neighbour
        FROM hartonomous.relation_list AS l
        CROSS JOIN LATERAL unnest(l.neighbours) AS e (neighbour)
        WHERE e.neighbour <> 0 AND NOT EXISTS (
            SELECT FROM hartonomous.composition AS c WHERE c.composition_number = e.neighbour
        )
    )) AS c;
    INSERT INTO hartonomous.relation_list (
        composition_number, content_id, site_id, relation_type_id, neighbours, weights
    )
    SELECT u.composition_number, u.content_id, f.site_id, f.relation_type_id, '{}', '{}'
    FROM hartonomous_internal.unlisted_neighbours() AS u
    CROSS JOIN LATERAL (
        SELECT l.site_id, l.relation_type_id FROM hartonomous.relation_list AS l
        WHERE l.content_id = u.content_id AND l.neighbours @> ARRAY[u.composition_number]
        ORDER BY l.site_id, l.relation_type_id
        LIMIT 1
    ) AS f;
    v_all := array(SELECT c.composition_number FROM hartonomous.composition AS c);
    PERFORM hartonomous_internal.drop_empty_rows(array(SELECT c.content_id FROM hartonomous.content AS c), v_all);
    SELECT p.* INTO v_pruned FROM hartonomous_internal.prune_compositions(v_all) AS p;
    PERFORM hartonomous_internal.drop_empty_sources(array(SELECT c.content_id FROM hartonomous.content AS c));
    v_refreshed.counts := jsonb_build_object(
        'sources', v_contents - (SELECT count(*) FROM hartonomous.content),
        'sites', v_sites - (SELECT count(*) FROM hartonomous.site),
        'evidence', v_cleared.evidence,
        'concepts_removed', v_pruned.concepts,
        'coordinates', v_pruned.coordinates
    );
    v_refreshed := hartonomous_internal.finish_deletion('refresh_ratings', v_refreshed, NULL);
    PERFORM hartonomous_internal.drop_left_tables();
    RETURN v_refreshed;
END
$$;

COMMENT ON FUNCTION hartonomous.refresh_ratings() IS
'Takes away what verify_ratings finds: lists, numbers, concepts, sites and sources that nothing supports, and all summaries and positions, which are made anew when they are asked for.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous.refresh_ratings()');
