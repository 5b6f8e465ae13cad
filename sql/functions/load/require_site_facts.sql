-- The table's own checks would say the same in the server's words.
CREATE OR REPLACE FUNCTION hartonomous_internal.require_site_facts(
    p_content_id integer, p_position text, p_class text, p_settings jsonb,
    p_group_site_id integer, p_group_place integer, p_group_length integer
)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_most_places constant integer := 32767;
BEGIN
    PERFORM hartonomous_internal.require_name('site', p_position);
    IF p_class IS NULL OR p_class NOT IN ('join', 'count') THEN
        RAISE EXCEPTION 'a site is of class join or count, not %', coalesce(left(p_class, 80), 'null')
            USING ERRCODE = 'HT004';
    ELSIF jsonb_typeof(p_settings) IS DISTINCT FROM 'object' THEN
        RAISE EXCEPTION 'the settings of site % are no object', left(p_position, 80) USING ERRCODE = 'HT004';
    ELSIF p_class = 'join' AND NOT hartonomous_internal.is_join(p_settings) THEN
        RAISE EXCEPTION 'site % says its k, space (cosine, ip, l2), method (exact, blocks, hnsw) and recall', left(p_position, 80)
            USING ERRCODE = 'HT004';
    ELSIF coalesce(p_group_place, -1) NOT BETWEEN 0 AND c_most_places
        OR coalesce(p_group_length, 1) NOT BETWEEN 1 AND c_most_places
        OR (p_group_place > 0 AND p_group_length IS NULL) THEN
        RAISE EXCEPTION 'site % has no place in a group: places run from 0, lengths from 1, to %',
            left(p_position, 80), c_most_places
            USING ERRCODE = 'HT004';
    ELSIF p_group_site_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM hartonomous.site AS s WHERE s.site_id = p_group_site_id AND s.content_id = p_content_id
    ) THEN
        RAISE EXCEPTION 'a group of sites is of one source' USING ERRCODE = 'HT004';
    ELSIF EXISTS (
        SELECT FROM hartonomous.site AS s
        WHERE s.content_id = p_content_id AND (
            s.position = p_position OR (s.group_site_id = p_group_site_id AND s.group_place = p_group_place)
        )
    ) THEN
        RAISE EXCEPTION 'the source has a site % already, or one at its place in the group', left(p_position, 80)
            USING ERRCODE = 'HT004';
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_site_facts(integer, text, text, jsonb, integer, integer, integer) IS
'Internal to add_site: refuses what cannot be recorded of a site.';
