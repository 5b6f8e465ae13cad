-- What is not nearer to its first ten than the source's concepts are to their last is near to nobody, and who
-- is as near to all of its list is in a clump. Of 1,000 shuffled or untrained rows among a model's own at
-- most 3 % reach both floors, of 1,000 common words 99 % do (docs/asking.md).
CREATE OR REPLACE FUNCTION hartonomous_internal.refresh_source_floors(p_content_ids integer[])
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
DECLARE
    c_fewest constant integer := 100;
BEGIN
    DELETE FROM hartonomous.source_floor AS f WHERE f.content_id = ANY (p_content_ids);
    INSERT INTO hartonomous.source_floor (content_id, strength, contrast)
    SELECT s.content_id, s.cut, s.contrast::bigint * 2 / 5
    FROM (
        SELECT
            v.content_id,
            count(*) AS lists,
            percentile_disc(0.5) WITHIN GROUP (ORDER BY l.cut) AS cut,
            percentile_disc(0.5) WITHIN GROUP (
                ORDER BY hartonomous_internal.list_contrast(m.strength, l.cut)
            ) AS contrast
        FROM hartonomous_internal.voting_sites() AS v
        INNER JOIN hartonomous.relation_list AS l ON l.content_id = v.content_id AND l.site_id = v.site_id
        INNER JOIN hartonomous.composition AS c ON c.composition_number = l.composition_number
        CROSS JOIN LATERAL (SELECT hartonomous_internal.list_strength(l) AS strength) AS m
        WHERE v.content_id = ANY (p_content_ids) AND get_byte(c.hash, 0) < 32 AND m.strength IS NOT NULL
        GROUP BY v.content_id
    ) AS s
    WHERE s.lists >= c_fewest;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.refresh_source_floors(integer[]) IS
'Internal: finds anew what the lists of these sources have to reach to be above chance.';
