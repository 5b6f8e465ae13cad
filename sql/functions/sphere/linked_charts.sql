-- The frame is that of the largest group of charts which are linked, by four anchors or more that
-- leave no rotation open: the most charts, then the most concepts, then the first by name. A source
-- that shares nothing with the others then stops nobody, whatever its name is.
CREATE OR REPLACE FUNCTION hartonomous_internal.linked_charts(
    p_content_ids integer[], p_s integer[], p_t integer[], p_covariances double precision[]
)
RETURNS boolean[]
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_count constant integer := cardinality(p_content_ids);
    v_group integer[] := array(SELECT n FROM generate_series(1, v_count) AS n ORDER BY n);
    v_best integer;
BEGIN
    FOR i IN 1..cardinality(p_s) LOOP
        CONTINUE WHEN v_group[p_s[i]] = v_group[p_t[i]];
        CONTINUE WHEN hartonomous_internal.polar_factor(p_covariances[16 * i - 15:16 * i]) IS NULL;
        v_group := array_replace(
            v_group,
            greatest(v_group[p_s[i]], v_group[p_t[i]]),
            least(v_group[p_s[i]], v_group[p_t[i]])
        );
    END LOOP;
    v_best := (
        SELECT g.first
        FROM unnest(v_group, p_content_ids) AS g (first, content_id)
        INNER JOIN hartonomous.source_chart AS h ON h.content_id = g.content_id
        GROUP BY g.first
        ORDER BY count(*) DESC, sum(h.concepts) DESC, g.first
        LIMIT 1
    );
    RETURN array(SELECT g.first = v_best FROM unnest(v_group) WITH ORDINALITY AS g (first, place) ORDER BY g.place);
END
$$;

COMMENT ON FUNCTION hartonomous_internal.linked_charts(integer[], integer[], integer[], double precision[]) IS
'Internal to rotate_charts: which charts are in the common frame.';
