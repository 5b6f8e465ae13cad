CREATE OR REPLACE FUNCTION hartonomous_internal.ensure_row(
    p_composition_number integer, p_content_id integer, p_site_id integer, p_relation_type_id integer
)
RETURNS void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO hartonomous.relation_list (
        composition_number, content_id, site_id, relation_type_id, neighbours, weights
    )
    VALUES (p_composition_number, p_content_id, p_site_id, p_relation_type_id, '{}', '{}')
    ON CONFLICT DO NOTHING
$$;

COMMENT ON FUNCTION hartonomous_internal.ensure_row(integer, integer, integer, integer) IS
'Internal: gives a concept that a source names a row of its own, an empty one where it lists nobody.';
