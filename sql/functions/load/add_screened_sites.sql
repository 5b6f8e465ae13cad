CREATE OR REPLACE FUNCTION hartonomous.add_screened_sites(
    p_content_id integer, p_positions text [], p_signals jsonb []
)
RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_contributor');
    PERFORM hartonomous_internal.require_opened(p_content_id);
    INSERT INTO hartonomous.screened_site (content_id, position, signal)
    SELECT p_content_id, s.position, s.signal
    FROM unnest(p_positions, p_signals) AS s (position, signal);
END
$$;

COMMENT ON FUNCTION hartonomous.add_screened_sites(integer, text [], jsonb []) IS
'Remembers the sites of a source that is being loaded that were left out, with their signals.';

SELECT hartonomous_internal.restrict_to(
    'hartonomous_contributor', 'hartonomous.add_screened_sites(integer, text[], jsonb[])'
);
