-- Numbers are handed out one after the other, so one that is not known yet would name a concept of
-- somebody else's; what lies behind a group's places would count and be nobody's evidence.
CREATE OR REPLACE FUNCTION hartonomous_internal.require_foreign_lists(p_content_ids integer[])
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET work_mem = '64MB'
AS $$
BEGIN
    IF EXISTS (
        SELECT FROM hartonomous.relation_list AS l
        WHERE l.content_id = ANY (p_content_ids)
            AND (
                array_ndims(l.neighbours) <> 1 OR array_lower(l.neighbours, 1) <> 1
                OR array_ndims(l.weights) <> 1 OR array_lower(l.weights, 1) <> 1
                OR NOT EXISTS (
                    SELECT FROM hartonomous.composition AS c
                    WHERE c.composition_number = l.composition_number
                )
            )
    ) THEN
        RAISE EXCEPTION 'a list is of a known concept, and counts from 1' USING ERRCODE = 'HT004';
    ELSIF EXISTS (
        SELECT u.content_id, u.neighbour FROM (
            SELECT DISTINCT l.content_id, unnest(l.neighbours) AS neighbour
            FROM hartonomous.relation_list AS l
            WHERE l.content_id = ANY (p_content_ids)
        ) AS u
        WHERE u.neighbour <> 0
        EXCEPT
        SELECT l.content_id, l.composition_number FROM hartonomous.relation_list AS l
        WHERE l.content_id = ANY (p_content_ids)
    ) THEN
        RAISE EXCEPTION 'every concept that a source lists needs a row of its own' USING ERRCODE = 'HT004';
    ELSIF EXISTS (
        SELECT FROM hartonomous.relation_list AS l
        CROSS JOIN LATERAL unnest(l.neighbours) WITH ORDINALITY AS e (neighbour, place)
        LEFT JOIN hartonomous.site AS s
            ON s.group_site_id = l.site_id AND s.group_place = coalesce((e.place - 1) / s.group_length, 0)
        WHERE l.content_id = ANY (p_content_ids) AND e.neighbour <> 0
        GROUP BY
            l.composition_number, l.content_id, l.site_id, l.relation_type_id, s.site_id, e.neighbour
        HAVING s.site_id IS NULL OR count(*) > 1 OR e.neighbour = l.composition_number
    ) THEN
        RAISE EXCEPTION 'each site says of each pair of concepts at most once how they are related'
            USING ERRCODE = 'HT004';
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_foreign_lists(integer[]) IS
'Internal to require_whole_lists: refuses lists of unknown concepts, of concepts without a row, and evidence that no site gives or that one gives twice.';
