CREATE OR REPLACE FUNCTION hartonomous.add_site(
    p_content_id integer,
    p_position text,
    p_class text,
    p_settings jsonb DEFAULT '{}',
    p_group_site_id integer DEFAULT NULL,
    p_group_place integer DEFAULT 0,
    p_group_length integer DEFAULT NULL
)
RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_site_id constant integer := nextval('hartonomous.site_site_id_seq');
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_contributor');
    PERFORM hartonomous_internal.require_opened(p_content_id);
    PERFORM hartonomous_internal.require_site_facts(
        p_content_id, p_position, p_class, p_settings, p_group_site_id, p_group_place, p_group_length
    );
    INSERT INTO hartonomous.site (
        site_id, content_id, position, class, settings, group_site_id, group_place, group_length
    )
    OVERRIDING SYSTEM VALUE
    VALUES (
        v_site_id, p_content_id, p_position, p_class, p_settings,
        coalesce(p_group_site_id, v_site_id), p_group_place, p_group_length
    );
    RETURN v_site_id;
END
$$;

COMMENT ON FUNCTION hartonomous.add_site(integer, text, text, jsonb, integer, integer, integer) IS
'Adds a site to a source that is being loaded and returns its number; the sites of a group name the first one, their place behind it and how many places each has in a list.';

SELECT hartonomous_internal.restrict_to(
    'hartonomous_contributor',
    'hartonomous.add_site(integer, text, text, jsonb, integer, integer, integer)'
);
