CREATE OR REPLACE FUNCTION hartonomous_internal.also_said_by(p_content_ids integer[])
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_shown constant integer := 10;
BEGIN
    RETURN coalesce(
        (
            SELECT jsonb_agg(o.source_identifier ORDER BY o.source_identifier COLLATE "C")
            FROM (
                SELECT c.source_identifier FROM hartonomous.content AS c
                WHERE c.content_id = ANY (p_content_ids)
                ORDER BY c.source_identifier COLLATE "C"
                LIMIT c_shown
            ) AS o
        ),
        '[]'
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.also_said_by(integer[]) IS
'Internal to previews: the names of up to ten sources.';
