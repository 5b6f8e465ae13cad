CREATE OR REPLACE FUNCTION hartonomous.open_chart(
    p_source_identifier text,
    p_concepts integer,
    p_component_count integer,
    p_eigenvalues double precision[],
    p_trustworthiness double precision,
    p_continuity double precision,
    p_pca_trustworthiness double precision,
    p_pca_continuity double precision,
    p_last_change bigint
)
RETURNS integer
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_content_id integer;
BEGIN
    PERFORM hartonomous_internal.require_unchanged(p_last_change);
    PERFORM hartonomous.lock_writer();
    PERFORM hartonomous_internal.require_unchanged(p_last_change);
    SELECT c.content_id INTO v_content_id FROM hartonomous.content AS c
    WHERE c.source_identifier = p_source_identifier;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no source % any more', p_source_identifier USING ERRCODE = 'HT003';
    END IF;
    DELETE FROM hartonomous.composition_coordinate AS c WHERE c.content_id = v_content_id;
    DELETE FROM hartonomous.source_chart AS h WHERE h.content_id = v_content_id;
    INSERT INTO hartonomous.source_chart (
        content_id, concepts, component_count, eigenvalues,
        trustworthiness, continuity, pca_trustworthiness, pca_continuity
    )
    VALUES (
        v_content_id, p_concepts, p_component_count, p_eigenvalues,
        p_trustworthiness, p_continuity, p_pca_trustworthiness, p_pca_continuity
    );
    RETURN v_content_id;
END
$$;

COMMENT ON FUNCTION hartonomous.open_chart(
    text, integer, integer, double precision[], double precision, double precision,
    double precision, double precision, bigint
) IS
'Starts a new chart of a source that was made of what last_change() stood for, whose coordinates the caller copies into composition_coordinate; returns the source''s number.';
