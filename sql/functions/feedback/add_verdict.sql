-- Weight 2^20 says that the relation holds, -1 that it does not. A symmetric relation is meant in
-- both directions; of another one, the concept it leads to gets an empty row.
CREATE OR REPLACE FUNCTION hartonomous_internal.add_verdict(
    p_content_id integer, p_a integer, p_b integer, p_weight integer, p_relation_type text
)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_site_id constant integer := hartonomous.add_site(
        p_content_id, CASE WHEN p_weight > 0 THEN 'accept' ELSE 'reject' END, 'count'
    );
BEGIN
    INSERT INTO pg_temp.incoming_list (
        composition_number, content_id, site_id, relation_type_id, neighbours, weights
    )
    SELECT
        d.a, p_content_id, v_site_id, t.relation_type_id,
        CASE WHEN d.is_meant THEN ARRAY[d.b] ELSE '{}' END,
        CASE WHEN d.is_meant THEN ARRAY[p_weight] ELSE '{}' END
    FROM hartonomous.relation_type AS t
    CROSS JOIN LATERAL (VALUES (p_a, p_b, TRUE), (p_b, p_a, t.is_symmetric)) AS d (a, b, is_meant)
    WHERE t.name = p_relation_type;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.add_verdict(integer, integer, integer, integer, text) IS
'Internal to record_feedback: evidence for or against one relation.';
