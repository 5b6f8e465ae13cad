CREATE OR REPLACE FUNCTION hartonomous.flag_source(p_content_id integer, p_flags text[])
RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_most_flags constant integer := 16;
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_contributor');
    PERFORM hartonomous_internal.require_opened(p_content_id);
    IF p_flags IS NULL OR cardinality(p_flags) > c_most_flags THEN
        RAISE EXCEPTION 'a source has up to % flags', c_most_flags USING ERRCODE = 'HT004';
    END IF;
    PERFORM hartonomous_internal.require_name('flag', f.flag) FROM unnest(p_flags) AS f (flag);
    UPDATE hartonomous.content AS c SET flags = p_flags WHERE c.content_id = p_content_id;
END
$$;

COMMENT ON FUNCTION hartonomous.flag_source(integer, text[]) IS
'Records what is suspicious about a source that is being loaded.';

SELECT hartonomous_internal.restrict_to('hartonomous_contributor', 'hartonomous.flag_source(integer, text[])');
