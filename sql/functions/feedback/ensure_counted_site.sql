CREATE OR REPLACE FUNCTION hartonomous_internal.ensure_counted_site(p_content_id integer, p_position text)
RETURNS integer
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_site_id integer;
BEGIN
    SELECT s.site_id INTO v_site_id FROM hartonomous.site AS s
    WHERE s.content_id = p_content_id AND s.position = p_position;
    IF NOT FOUND THEN
        v_site_id := nextval('hartonomous.site_site_id_seq');
        INSERT INTO hartonomous.site (site_id, content_id, position, class, group_site_id)
        OVERRIDING SYSTEM VALUE
        VALUES (v_site_id, p_content_id, p_position, 'count', v_site_id);
    END IF;
    RETURN v_site_id;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.ensure_counted_site(integer, text) IS
'Internal to add_evidence: number of a site without lists, added when it is new.';
