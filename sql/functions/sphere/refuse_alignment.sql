CREATE OR REPLACE FUNCTION hartonomous.refuse_alignment(p_content_ids integer[], p_place integer)
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_shared bigint := (
        SELECT count(DISTINCT a.composition_id)
        FROM hartonomous.composition_coordinate AS a
        INNER JOIN hartonomous.composition_coordinate AS b
            ON b.composition_id = a.composition_id AND b.content_id <> a.content_id
        WHERE a.content_id = p_content_ids[p_place] AND b.content_id = ANY (p_content_ids)
            AND a.component = 0 AND b.component = 0
    );
BEGIN
    RAISE EXCEPTION '% shares % concepts with the other sources, and aligning needs at least 4', (
        SELECT c.source_identifier FROM hartonomous.content AS c
        WHERE c.content_id = p_content_ids[p_place]
    ), v_shared
    USING ERRCODE = 'HT010';
END
$$;

COMMENT ON FUNCTION hartonomous.refuse_alignment(integer[], integer) IS
'Internal: the error for a source that shares too few concepts with the others.';
