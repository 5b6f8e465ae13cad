CREATE OR REPLACE FUNCTION hartonomous_internal.require_chart(p_source text)
RETURNS integer
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_content_id constant integer := (hartonomous_internal.require_source(p_source)).content_id;
BEGIN
    IF NOT EXISTS (
        SELECT FROM hartonomous.source_chart AS h
        WHERE h.content_id = v_content_id AND h.residual IS NOT NULL
    ) THEN
        RAISE EXCEPTION '% has no chart of its own: hartonomous align --charts makes those of all live models',
            hartonomous_internal.shown_name(p_source)
            USING ERRCODE = 'HT003';
    END IF;
    RETURN v_content_id;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_chart(text) IS
'Internal: number of a source that has a chart; an error where it has none.';
