CREATE OR REPLACE FUNCTION hartonomous_internal.require_unsaid(
    p_source text, p_site text, p_relation_type_id integer, p_a text, p_b text, p_weight integer
)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF EXISTS (
        SELECT FROM hartonomous.content AS c
        INNER JOIN hartonomous.site AS s ON s.content_id = c.content_id AND s.position = p_site
        INNER JOIN hartonomous.relation_list AS l
            ON l.content_id = c.content_id AND l.site_id = s.site_id AND l.relation_type_id = p_relation_type_id
        INNER JOIN hartonomous.composition AS a
            ON a.composition_number = l.composition_number AND a.composition_id = hartonomous_internal.stored_composition(p_a)
        INNER JOIN hartonomous.composition AS b ON b.composition_id = hartonomous_internal.stored_composition(p_b)
        WHERE c.source_identifier = p_source
            AND l.weights[array_position(l.neighbours, b.composition_number)] <> p_weight
    ) THEN
        RAISE EXCEPTION 'the source said so already, with another weight: delete that evidence first'
            USING ERRCODE = 'HT001';
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_unsaid(text, text, integer, text, text, integer) IS
'Internal to add_evidence: refuses what a source has said with another weight.';
