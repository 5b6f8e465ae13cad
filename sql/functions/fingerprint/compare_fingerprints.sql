CREATE OR REPLACE FUNCTION hartonomous.compare_fingerprints(other jsonb)
RETURNS TABLE (part text, ours text, theirs text)
LANGUAGE plpgsql VOLATILE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF jsonb_typeof(compare_fingerprints.other) IS DISTINCT FROM 'object' THEN
        RAISE EXCEPTION 'parts of a fingerprint are what export_fingerprint() gives: a JSON object'
            USING ERRCODE = 'HT004';
    END IF;
    RETURN QUERY
    SELECT coalesce(p.part, o.key), encode(p.digest, 'hex'), o.value
    FROM hartonomous.fingerprint_parts() AS p
    FULL JOIN jsonb_each_text(compare_fingerprints.other) AS o ON o.key = p.part
    WHERE encode(p.digest, 'hex') IS DISTINCT FROM o.value
    ORDER BY coalesce(p.part, o.key) COLLATE "C";
END
$$;

COMMENT ON FUNCTION hartonomous.compare_fingerprints(jsonb) IS
'The parts in which this database differs from another, of which export_fingerprint() is given; no rows when they are alike.';
