CREATE OR REPLACE FUNCTION hartonomous.add_chart(
    p_source_identifier text,
    p_concepts integer,
    p_component_count integer,
    p_anchors integer,
    p_residual double precision,
    p_trustworthiness double precision,
    p_continuity double precision,
    p_pca_trustworthiness double precision,
    p_pca_continuity double precision
)
RETURNS integer
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_content_id integer;
BEGIN
    SELECT c.content_id INTO v_content_id FROM hartonomous.content AS c
    WHERE c.source_identifier = p_source_identifier;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no source % any more', p_source_identifier USING ERRCODE = 'HT003';
    END IF;
    INSERT INTO hartonomous.source_chart (
        content_id, concepts, component_count, anchors, residual,
        trustworthiness, continuity, pca_trustworthiness, pca_continuity
    )
    VALUES (
        v_content_id, p_concepts, p_component_count, p_anchors, p_residual,
        p_trustworthiness, p_continuity, p_pca_trustworthiness, p_pca_continuity
    );
    RETURN v_content_id;
END
$$;

COMMENT ON FUNCTION hartonomous.add_chart(
    text, integer, integer, integer, double precision, double precision, double precision,
    double precision, double precision
) IS
'Names a source of the layout that open_layout began; returns the source''s number.';
