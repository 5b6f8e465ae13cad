-- Many documents at a time, each a source of its own with the same sites; one close_source, for
-- any of them, ends the load of all.
CREATE OR REPLACE FUNCTION hartonomous.open_documents(
    p_source_identifiers text[], p_fingerprints bytea[], p_subject_key text, p_positions text[]
)
RETURNS TABLE (place integer, content_id integer, site_ids integer[])
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_is_new boolean;
BEGIN
    FOR v_place IN 1..cardinality(p_source_identifiers) LOOP
        SELECT o.content_id, o.is_new INTO content_id, v_is_new
        FROM hartonomous.open_source(
            p_source_identifiers[v_place], 'document', p_fingerprints[v_place], p_subject_key
        ) AS o;
        CONTINUE WHEN NOT v_is_new;
        place := v_place;
        site_ids := array(
            SELECT hartonomous.add_site(content_id, p.position, p_method => 'count')
            FROM unnest(p_positions) WITH ORDINALITY AS p (position, n)
            ORDER BY p.n
        );
        RETURN NEXT;
    END LOOP;
END
$$;

COMMENT ON FUNCTION hartonomous.open_documents(text[], bytea[], text, text[]) IS
'Starts the load of documents: returns the number and sites of each that is not there already, by its place in the list.';

SELECT hartonomous.restrict_to('hartonomous_contributor', 'hartonomous.open_documents(text[], bytea[], text, text[])');
