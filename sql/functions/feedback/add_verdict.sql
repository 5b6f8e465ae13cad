-- Weight 1 says that the relation holds, weight 0 that it does not. A symmetric relation is
-- meant in both directions.
CREATE OR REPLACE FUNCTION hartonomous.add_verdict(
    p_content_id integer, p_a uuid, p_b uuid, p_weight real, p_relation_type text
)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_type hartonomous.relation_type;
    v_site_id integer := hartonomous.add_site(
        p_content_id, CASE p_weight WHEN 1 THEN 'accept' ELSE 'reject' END, p_method => 'count'
    );
BEGIN
    SELECT t.* INTO v_type FROM hartonomous.relation_type AS t WHERE t.name = p_relation_type;
    INSERT INTO pg_temp.incoming_relation (
        relation_id, composition_a_id, composition_b_id, relation_type_id,
        source_count, evidence_count, rejection_count, weight_sum
    )
    SELECT
        hartonomous.relation_id(d.a, d.b, v_type.name), d.a, d.b, v_type.relation_type_id,
        1, 1, (p_weight = 0)::integer, round(p_weight * 1048576)::bigint
    FROM (VALUES (p_a, p_b, TRUE), (p_b, p_a, v_type.is_symmetric)) AS d (a, b, is_meant)
    WHERE d.is_meant;
    INSERT INTO pg_temp.incoming_evidence (relation_id, content_id, site_id, weight)
    SELECT hartonomous.relation_id(d.a, d.b, v_type.name), p_content_id, v_site_id, p_weight
    FROM (VALUES (p_a, p_b, TRUE), (p_b, p_a, v_type.is_symmetric)) AS d (a, b, is_meant)
    WHERE d.is_meant;
END
$$;

COMMENT ON FUNCTION hartonomous.add_verdict(integer, uuid, uuid, real, text) IS
'Internal to record_feedback: evidence for or against one relation.';
