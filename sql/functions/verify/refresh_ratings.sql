CREATE OR REPLACE FUNCTION hartonomous.refresh_ratings()
RETURNS hartonomous.deletion
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET work_mem = '256MB'
SET maintenance_work_mem = '256MB'
AS $$
DECLARE
    v_before bigint := (SELECT count(*) FROM hartonomous.relation);
    v_left bigint;
    v_refreshed hartonomous.deletion;
    v_sites bigint := (SELECT count(*) FROM hartonomous.site);
    v_contents bigint := (SELECT count(*) FROM hartonomous.content);
BEGIN
    PERFORM hartonomous.lock_writer();
    PERFORM hartonomous.lock_out_vacuum();
    PERFORM hartonomous.create_relation_table('relation_next');
    INSERT INTO hartonomous.relation_next (
        relation_id, composition_a_id, composition_b_id, relation_type_id,
        source_count, evidence_count, rejection_count, weight_sum
    )
    SELECT
        r.relation_id, r.composition_a_id, r.composition_b_id, r.relation_type_id,
        s.source_count, s.evidence_count, s.rejection_count, s.weight_sum
    FROM hartonomous.relation AS r
    INNER JOIN hartonomous.sum_evidence() AS s ON s.relation_id = r.relation_id
    ORDER BY r.relation_id;
    GET DIAGNOSTICS v_left = ROW_COUNT;
    v_refreshed.relations_removed := v_before - v_left;
    PERFORM hartonomous.index_relation_next();
    v_refreshed.relations_changed := (
        SELECT count(*)
        FROM hartonomous.relation AS r
        INNER JOIN hartonomous.relation_next AS n ON n.relation_id = r.relation_id
        WHERE (r.evidence_count, r.weight_sum, r.source_count, r.rejection_count)
            <> (n.evidence_count, n.weight_sum, n.source_count, n.rejection_count)
    );
    SELECT p.concepts, p.coordinates INTO v_refreshed.concepts_removed, v_refreshed.coordinates
    FROM hartonomous.prune_compositions(NULL, 'relation_next') AS p;
    PERFORM hartonomous.exchange_relation_table();
    PERFORM hartonomous.drop_empty_sources(array(SELECT c.content_id FROM hartonomous.content AS c));
    IF v_refreshed.coordinates > 0 THEN
        PERFORM hartonomous.realign_sources();
    END IF;
    v_refreshed.evidence := 0;
    v_refreshed.sites := v_sites - (SELECT count(*) FROM hartonomous.site);
    v_refreshed.sources := v_contents - (SELECT count(*) FROM hartonomous.content);
    RETURN hartonomous.finish_deletion('refresh_ratings', v_refreshed, NULL);
END
$$;

COMMENT ON FUNCTION hartonomous.refresh_ratings() IS
'Makes relations, ratings, concepts, sites and sources what the stored evidence adds up to, after evidence was changed by hand.';

SELECT hartonomous.restrict_to('hartonomous_editor', 'hartonomous.refresh_ratings()');
