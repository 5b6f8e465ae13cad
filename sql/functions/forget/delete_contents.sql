CREATE OR REPLACE FUNCTION hartonomous.delete_contents(p_content_ids integer[])
RETURNS hartonomous.deletion
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET work_mem = '256MB'
SET maintenance_work_mem = '256MB'
AS $$
DECLARE
    v_shared integer[] := array(SELECT i FROM unnest(p_content_ids) AS i WHERE i >= 1073741824);
    v_own integer;
    v_total hartonomous.deletion;
    v_subjects integer[];
    v_one_site integer[];
    v_realign boolean;
BEGIN
    IF p_content_ids = '{}' THEN
        RETURN v_total;
    END IF;
    v_total.names := array(
        SELECT c.source_identifier FROM hartonomous.content AS c
        WHERE c.content_id = ANY (p_content_ids)
        ORDER BY c.source_identifier COLLATE "C"
    );
    v_total.sources := cardinality(v_total.names);
    v_total.sites := (SELECT count(*) FROM hartonomous.site AS s WHERE s.content_id = ANY (p_content_ids));
    v_total.coordinates := (
        SELECT count(*) FROM hartonomous.composition_coordinate AS p WHERE p.content_id = ANY (p_content_ids)
    );
    v_subjects := array(
        SELECT DISTINCT c.subject_id FROM hartonomous.content AS c
        WHERE c.content_id = ANY (p_content_ids) AND c.subject_id IS NOT NULL
    );
    v_one_site := array(
        SELECT s.content_id FROM hartonomous.site AS s
        WHERE s.content_id = ANY (p_content_ids)
        GROUP BY s.content_id
        HAVING count(*) = 1
    );
    v_realign := v_total.coordinates > 0;
    -- sites and coordinates go with their content
    DELETE FROM hartonomous.content AS c WHERE c.content_id = ANY (p_content_ids);
    DELETE FROM hartonomous.subject AS s
    WHERE s.subject_id = ANY (v_subjects)
        AND NOT EXISTS (SELECT FROM hartonomous.content AS c WHERE c.subject_id = s.subject_id);
    IF v_shared <> '{}' THEN
        v_total := hartonomous.add_deletions(v_total, hartonomous.delete_shared_rows(v_shared));
        IF v_realign OR v_total.coordinates > 0 THEN
            PERFORM hartonomous.realign_sources();
        END IF;
    END IF;
    -- the exchange of tables, which readers notice, is the very last step
    FOR v_own IN SELECT i FROM unnest(p_content_ids) AS i WHERE i < 1073741824 LOOP
        v_total := hartonomous.add_deletions(v_total, hartonomous.delete_own_partition(
            v_own, v_own = ANY (v_one_site), v_realign
        ));
    END LOOP;
    RETURN v_total;
END
$$;

COMMENT ON FUNCTION hartonomous.delete_contents(integer[]) IS
'Internal: removes sources with all that only they support; the caller holds the writer lock and writes the audit.';
