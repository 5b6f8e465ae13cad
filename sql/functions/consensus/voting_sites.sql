-- A model has one vote, however many sites it has: that of the first site that ranks by itself. Heads
-- come in groups and explain; texts and people are counted and don't vote.
CREATE OR REPLACE FUNCTION hartonomous_internal.voting_sites()
RETURNS TABLE (content_id integer, site_id integer)
LANGUAGE sql STABLE ROWS 10
AS $$
    SELECT s.content_id, min(s.site_id)
    FROM hartonomous.site AS s
    WHERE s.class = 'join' AND s.group_length IS NULL
        AND s.content_id <> ALL ((SELECT hartonomous_internal.dropped_sources())::integer[])
    GROUP BY s.content_id
$$;

COMMENT ON FUNCTION hartonomous_internal.voting_sites() IS
'Internal: the site by which each source votes, of those that vote.';
