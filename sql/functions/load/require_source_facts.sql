CREATE OR REPLACE FUNCTION hartonomous_internal.require_source_facts(
    p_source_identifier text, p_kind text, p_fingerprint bytea, p_subject_key text, p_expires date
)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous_internal.require_name('source', p_source_identifier);
    IF p_subject_key IS NOT NULL THEN
        PERFORM hartonomous_internal.require_subject(p_subject_key);
    END IF;
    IF p_kind IS NULL OR p_kind !~ '^[a-z][a-z0-9_]{0,31}$' THEN
        RAISE EXCEPTION 'a kind of source is a word of up to 32 small letters, digits and _, not %',
            coalesce(left(p_kind, 80), 'null')
            USING ERRCODE = 'HT004';
    ELSIF p_fingerprint IS NULL OR octet_length(p_fingerprint) <> 32 THEN
        RAISE EXCEPTION 'a fingerprint has 32 bytes' USING ERRCODE = 'HT004';
    ELSIF p_expires < hartonomous_internal.today() THEN
        RAISE EXCEPTION 'a source that is loaded today cannot have expired on %', p_expires USING ERRCODE = 'HT004';
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_source_facts(text, text, bytea, text, date) IS
'Internal to open_source: refuses what cannot be recorded of a source, before anybody is waited for.';
