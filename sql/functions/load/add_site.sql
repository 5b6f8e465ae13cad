CREATE OR REPLACE FUNCTION hartonomous.add_site(
    p_content_id integer,
    p_position text,
    p_k integer DEFAULT NULL,
    p_space text DEFAULT NULL,
    p_method text DEFAULT NULL,
    p_recall double precision DEFAULT NULL,
    p_mean_removed boolean DEFAULT NULL,
    p_components_removed integer DEFAULT NULL
)
RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_site_id integer;
BEGIN
    PERFORM hartonomous.require_opened(p_content_id);
    INSERT INTO hartonomous.site (
        content_id, position, k, space, method, recall, mean_removed, components_removed
    )
    VALUES (
        p_content_id, p_position, p_k, p_space, p_method, p_recall, p_mean_removed, p_components_removed
    )
    RETURNING site_id INTO v_site_id;
    RETURN v_site_id;
END
$$;

COMMENT ON FUNCTION hartonomous.add_site(integer, text, integer, text, text, double precision, boolean, integer) IS
'Adds a site to a source that is being loaded and returns its number.';

SELECT hartonomous.restrict_to(
    'hartonomous_contributor',
    'hartonomous.add_site(integer, text, integer, text, text, double precision, boolean, integer)'
);
