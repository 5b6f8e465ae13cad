CREATE OR REPLACE FUNCTION hartonomous.preview_delete_concept(
    labels text[], variants boolean DEFAULT TRUE, forget boolean DEFAULT FALSE
)
RETURNS hartonomous.deletion
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_ids uuid[];
    v_preview hartonomous.deletion;
BEGIN
    v_ids := hartonomous.require_concepts(
        preview_delete_concept.labels, preview_delete_concept.variants, preview_delete_concept.forget
    );
    WITH removed AS MATERIALIZED (
        SELECT r.relation_id, r.composition_a_id, r.composition_b_id FROM hartonomous.relation AS r
        WHERE r.composition_a_id = ANY (v_ids) OR r.composition_b_id = ANY (v_ids)
    ),
    gone AS MATERIALIZED (
        SELECT e.relation_id, e.content_id, e.site_id
        FROM removed AS m
        INNER JOIN hartonomous.relation_evidence AS e ON e.relation_id = m.relation_id
    ),
    emptied AS MATERIALIZED (
        SELECT g.site_id, g.content_id
        FROM (
            SELECT n.site_id, n.content_id, count(*) AS removed
            FROM gone AS n
            GROUP BY n.site_id, n.content_id
        ) AS g
        INNER JOIN (
            SELECT e.site_id, e.content_id, count(*) AS stored
            FROM hartonomous.relation_evidence AS e
            WHERE e.content_id IN (SELECT n.content_id FROM gone AS n)
            GROUP BY e.site_id, e.content_id
        ) AS s ON s.site_id = g.site_id AND s.content_id = g.content_id
        WHERE g.removed = s.stored
    ),
    freed AS MATERIALIZED (
        SELECT m.composition_a_id AS id FROM removed AS m
        UNION
        SELECT m.composition_b_id FROM removed AS m
    ),
    pruned AS MATERIALIZED (
        SELECT f.id FROM freed AS f
        WHERE NOT EXISTS (
            SELECT FROM hartonomous.relation AS r
            WHERE r.composition_a_id = f.id AND r.composition_b_id <> ALL (v_ids) AND f.id <> ALL (v_ids)
        ) AND NOT EXISTS (
            SELECT FROM hartonomous.relation AS r
            WHERE r.composition_b_id = f.id AND r.composition_a_id <> ALL (v_ids) AND f.id <> ALL (v_ids)
        )
    )
    SELECT
        array(
            SELECT c.label FROM hartonomous.composition AS c
            WHERE c.composition_id = ANY (v_ids)
            ORDER BY c.label COLLATE "C"
        ),
        (
            SELECT count(*) FROM (SELECT DISTINCT d.content_id FROM emptied AS d) AS c
            WHERE NOT EXISTS (
                SELECT FROM hartonomous.site AS s
                WHERE s.content_id = c.content_id
                    AND NOT EXISTS (SELECT FROM emptied AS d WHERE d.site_id = s.site_id)
            )
        ),
        (SELECT count(*) FROM emptied),
        (SELECT count(*) FROM gone),
        (SELECT count(*) FROM removed),
        0,
        (SELECT count(*) FROM pruned),
        (
            SELECT count(*) FROM hartonomous.composition_coordinate AS p
            WHERE p.composition_id IN (SELECT d.id FROM pruned AS d)
        ),
        NULL
    INTO v_preview;
    RETURN v_preview;
END
$$;

COMMENT ON FUNCTION hartonomous.preview_delete_concept(text[], boolean, boolean) IS
'What delete_concept would take away, with every form of the labels that it would take in names; touches nothing.';

SELECT hartonomous.restrict_to(
    'hartonomous_editor', 'hartonomous.preview_delete_concept(text[], boolean, boolean)'
);
