-- Two loads at once would not see each other, so the second waits for the first to commit. The lock
-- leaves aside who only removed rows, as a source that stayed empty does: two such would wait for each other.
CREATE OR REPLACE FUNCTION hartonomous_internal.refresh_source_pairs(p_content_ids integer[])
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM hartonomous_internal.voting_sites() AS v WHERE v.content_id = ANY (p_content_ids)
    ) THEN
        RETURN;
    END IF;
    LOCK TABLE hartonomous.source_pair IN SHARE UPDATE EXCLUSIVE MODE;
    DELETE FROM hartonomous.source_pair AS p
    WHERE p.content_id = ANY (p_content_ids) OR p.other_id = ANY (p_content_ids);
    INSERT INTO hartonomous.source_pair (content_id, other_id, shared, known)
    SELECT c.* FROM hartonomous_internal.count_source_pairs(p_content_ids) AS c;
    PERFORM hartonomous_internal.refresh_source_floors(p_content_ids);
END
$$;

COMMENT ON FUNCTION hartonomous_internal.refresh_source_pairs(integer[]) IS
'Internal: counts anew how far these sources agree with the others, and what their lists have to reach.';
