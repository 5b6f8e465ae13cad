-- Two loads at once would not see each other, so the second waits for the first to commit.
CREATE OR REPLACE FUNCTION hartonomous.refresh_source_pairs(p_content_ids integer[])
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_content_id integer;
BEGIN
    FOR v_content_id IN
        SELECT v.content_id FROM hartonomous.voting_sites() AS v WHERE v.content_id = ANY (p_content_ids)
    LOOP
        PERFORM pg_advisory_xact_lock(1751216500, 4);
        DELETE FROM hartonomous.source_pair AS p WHERE v_content_id IN (p.content_id, p.other_id);
        INSERT INTO hartonomous.source_pair (content_id, other_id, shared, known)
        SELECT c.* FROM hartonomous.count_source_pairs(v_content_id) AS c;
    END LOOP;
END
$$;

COMMENT ON FUNCTION hartonomous.refresh_source_pairs(integer[]) IS
'Internal: counts anew how far these sources agree with the others.';
