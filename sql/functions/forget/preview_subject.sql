CREATE OR REPLACE FUNCTION hartonomous_internal.preview_subject(p_subject text, p_forget boolean)
RETURNS hartonomous.deletion
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_preview hartonomous.deletion := hartonomous_internal.preview_contents(
        hartonomous_internal.contents_of_subject(p_subject, p_forget)
    );
BEGIN
    v_preview.alike := hartonomous_internal.subjects_alike(p_subject);
    RETURN v_preview;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.preview_subject(text, boolean) IS
'Internal to preview_delete_subject: the preview, of one moment.';
