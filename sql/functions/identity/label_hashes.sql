CREATE OR REPLACE FUNCTION hartonomous_internal.label_hashes(p_label text)
RETURNS SETOF bytea
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 2
AS $$
    SELECT h.hash
    FROM (
        SELECT hartonomous.composition_hash(hartonomous_internal.nfc(p_label), k.kind) AS hash
        FROM (VALUES ('text'), ('piece'), (substring(p_label FROM '^([a-z][a-z0-9_]{0,31}):'))) AS k (kind)
    ) AS h
    WHERE h.hash IS NOT NULL
$$;

COMMENT ON FUNCTION hartonomous_internal.label_hashes(text) IS
'Internal: hashes of the concepts that people read as this label, of whatever kind.';
