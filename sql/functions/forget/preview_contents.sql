-- What delete_contents would report, by reading alone.
CREATE OR REPLACE FUNCTION hartonomous.preview_contents(p_content_ids integer[])
RETURNS hartonomous.deletion
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET work_mem = '256MB'
AS $$
DECLARE
    v_preview hartonomous.deletion;
BEGIN
    WITH outgoing AS MATERIALIZED (
        SELECT e.relation_id, count(*) AS evidence_count
        FROM hartonomous.relation_evidence AS e
        WHERE e.content_id = ANY (p_content_ids)
        GROUP BY e.relation_id
    ),
    removed AS MATERIALIZED (
        SELECT r.relation_id, r.composition_a_id, r.composition_b_id
        FROM hartonomous.relation AS r
        INNER JOIN outgoing AS o ON o.relation_id = r.relation_id
        WHERE r.evidence_count <= o.evidence_count
    ),
    freed AS MATERIALIZED (
        SELECT m.composition_a_id AS id FROM removed AS m
        UNION
        SELECT m.composition_b_id FROM removed AS m
    ),
    pruned AS MATERIALIZED (
        SELECT f.id
        FROM freed AS f
        LEFT JOIN (
            SELECT u.id, count(*) AS removed
            FROM (
                SELECT m.composition_a_id AS id FROM removed AS m
                UNION ALL
                SELECT m.composition_b_id FROM removed AS m
            ) AS u
            GROUP BY u.id
        ) AS m ON m.id = f.id
        LEFT JOIN (
            SELECT u.id, count(*) AS stored
            FROM (
                SELECT r.composition_a_id AS id FROM hartonomous.relation AS r
                WHERE r.composition_a_id IN (SELECT i.id FROM freed AS i)
                UNION ALL
                SELECT r.composition_b_id FROM hartonomous.relation AS r
                WHERE r.composition_b_id IN (SELECT i.id FROM freed AS i)
            ) AS u
            GROUP BY u.id
        ) AS s ON s.id = f.id
        WHERE m.removed = s.stored
    )
    SELECT
        array(
            SELECT c.source_identifier FROM hartonomous.content AS c
            WHERE c.content_id = ANY (p_content_ids)
            ORDER BY c.source_identifier COLLATE "C"
        ),
        cardinality(p_content_ids),
        (SELECT count(*) FROM hartonomous.site AS s WHERE s.content_id = ANY (p_content_ids)),
        (SELECT coalesce(sum(o.evidence_count), 0) FROM outgoing AS o),
        (SELECT count(*) FROM removed),
        (SELECT count(*) FROM outgoing) - (SELECT count(*) FROM removed),
        (SELECT count(*) FROM pruned),
        (
            SELECT count(*) FROM hartonomous.composition_coordinate AS p
            WHERE p.content_id = ANY (p_content_ids)
                OR p.composition_id IN (SELECT d.id FROM pruned AS d)
        ),
        NULL
    INTO v_preview;
    RETURN v_preview;
END
$$;

COMMENT ON FUNCTION hartonomous.preview_contents(integer[]) IS
'Internal: what deleting these sources would take away and change.';
