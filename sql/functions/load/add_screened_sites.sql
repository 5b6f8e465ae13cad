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
    IF cardinality(p_positions) IS DISTINCT FROM cardinality(p_signals) THEN
        RAISE EXCEPTION 'each site that was left out has its signal' USING ERRCODE = 'HT004';
    END IF;
    PERFORM hartonomous_internal.require_name('site', s.position) FROM unnest(p_positions) AS s (position);
    IF EXISTS (SELECT FROM unnest(p_signals) AS s (signal) WHERE jsonb_typeof(s.signal) IS DISTINCT FROM 'object') THEN
        RAISE EXCEPTION 'the signal of a site is an object' USING ERRCODE = 'HT004';
    ELSIF EXISTS (
        SELECT s.position FROM unnest(p_positions) AS s (position) GROUP BY s.position HAVING count(*) > 1
    ) OR EXISTS (
        SELECT FROM hartonomous.screened_site AS s
        WHERE s.content_id = p_content_id AND s.position = ANY (p_positions)
    ) THEN
        RAISE EXCEPTION 'a site is left out once' USING ERRCODE = 'HT004';
    END IF;
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
