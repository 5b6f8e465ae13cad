CREATE OR REPLACE FUNCTION hartonomous_internal.require_kind(p_source text, p_kind text, p_instead text)
RETURNS hartonomous.content
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_content hartonomous.content := hartonomous_internal.require_source(p_source);
BEGIN
    IF v_content.kind <> p_kind THEN
        RAISE EXCEPTION '% is a %, not a %: use %', left(p_source, 80), v_content.kind, p_kind, p_instead
            USING ERRCODE = 'HT004';
    END IF;
    RETURN v_content;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_kind(text, text, text) IS
'Internal: the content row of a source of one kind.';
