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
    v_site_id constant integer := hartonomous_internal.ensure_counted_site(
        p_content_id, CASE WHEN p_weight > 0 THEN 'accept' ELSE 'reject' END
    );
    v_type hartonomous.relation_type;
BEGIN
    SELECT t.* INTO v_type FROM hartonomous.relation_type AS t WHERE t.name = p_relation_type;
    PERFORM hartonomous_internal.append_neighbour(p_a, p_content_id, v_site_id, v_type.relation_type_id, p_b, p_weight);
    IF v_type.is_symmetric THEN
        PERFORM hartonomous_internal.append_neighbour(p_b, p_content_id, v_site_id, v_type.relation_type_id, p_a, p_weight);
    ELSE
        PERFORM hartonomous_internal.ensure_row(p_b, p_content_id, v_site_id, v_type.relation_type_id);
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.add_verdict(integer, integer, integer, integer, text) IS
'Internal to record_feedback: evidence for or against one relation.';
