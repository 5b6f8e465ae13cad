CREATE OR REPLACE FUNCTION hartonomous.sites(source text)
RETURNS TABLE (
    source_identifier text,
    site_position text,
    is_mined boolean,
    k integer,
    score double precision,
    null_score double precision,
    signal double precision,
    signal_low double precision,
    signal_high double precision,
    held_against text
)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM hartonomous_internal.require_source(sites.source);
    RETURN QUERY
    SELECT s.*
    FROM hartonomous.source_site AS s
    WHERE s.source_identifier = sites.source
    ORDER BY s.is_mined DESC, s.signal DESC NULLS FIRST, s.site_position COLLATE "C";
END
$$;

COMMENT ON FUNCTION hartonomous.sites(text) IS
'The sites of a source, with how far each stood above its nulls: those that were mined, then those that were left out.';
