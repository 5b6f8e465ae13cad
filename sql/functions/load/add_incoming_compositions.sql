CREATE OR REPLACE FUNCTION hartonomous.add_incoming_compositions()
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO hartonomous.composition (composition_id, hash, label, kind)
    SELECT DISTINCT ON (i.hash)
        encode(substring(i.hash FROM 1 FOR 16), 'hex')::uuid, i.hash, i.label, i.kind
    FROM pg_temp.incoming_composition AS i
    ORDER BY i.hash
    ON CONFLICT DO NOTHING;
END
$$;

COMMENT ON FUNCTION hartonomous.add_incoming_compositions() IS
'Internal to close_source: adds the concepts that were copied and are not known yet.';
