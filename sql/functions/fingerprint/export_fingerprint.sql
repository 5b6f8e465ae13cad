CREATE OR REPLACE FUNCTION hartonomous.export_fingerprint()
RETURNS jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT coalesce(jsonb_object_agg(p.part, encode(p.digest, 'hex')), '{}'::jsonb)
        FROM hartonomous.fingerprint_parts() AS p
    );
END
$$;

COMMENT ON FUNCTION hartonomous.export_fingerprint() IS
'The fingerprint of each part as one JSON object, to be compared with another database by compare_fingerprints.';
