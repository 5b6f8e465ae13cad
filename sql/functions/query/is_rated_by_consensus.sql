-- One source alone has nobody to agree with.
CREATE OR REPLACE FUNCTION hartonomous_internal.is_rated_by_consensus(p_rating text, p_relation_type_id integer)
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF p_rating IS NULL THEN
        RETURN p_relation_type_id = hartonomous.relation_type_id('related') AND 1 < (
            SELECT count(*) FROM hartonomous_internal.voting_sites() AS v
            INNER JOIN hartonomous.content AS c ON c.content_id = v.content_id AND hartonomous_internal.is_in_scope(c)
        );
    ELSIF p_rating NOT IN ('elo', 'consensus') THEN
        RAISE EXCEPTION 'a rating is elo or consensus, not %', hartonomous_internal.shown_name(p_rating) USING ERRCODE = 'HT004';
    END IF;
    RETURN p_rating = 'consensus';
END
$$;

COMMENT ON FUNCTION hartonomous_internal.is_rated_by_consensus(text, integer) IS
'Internal to neighbors: which rating orders an answer.';
