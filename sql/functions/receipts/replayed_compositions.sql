CREATE OR REPLACE FUNCTION hartonomous_internal.replayed_compositions(p_traces jsonb)
RETURNS integer[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN array(
        SELECT DISTINCT (k.concept ->> 0)::integer
        FROM jsonb_array_elements(p_traces) AS t (trace)
        CROSS JOIN LATERAL jsonb_array_elements(t.trace -> 'concepts') AS k (concept)
        INNER JOIN hartonomous.content AS c ON c.random_id = (k.concept ->> 1)::uuid
        INNER JOIN hartonomous.relation_list AS l
            ON l.composition_number = (k.concept ->> 0)::integer AND l.content_id = c.content_id
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.replayed_compositions(jsonb) IS
'Internal to replay_forgotten: numbers of the concepts that traces name and that are there, as the sources that they name with them say.';
