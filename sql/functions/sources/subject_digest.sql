-- The session brings the key, in hexadecimal, by a setting: SET hartonomous.forgetting_key = '...'.
CREATE OR REPLACE FUNCTION hartonomous_internal.subject_digest(p_subject text, OUT digest bytea, OUT key_digest bytea)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_key constant text := coalesce(current_setting('hartonomous.forgetting_key', TRUE), '');
BEGIN
    IF v_key = '' THEN
        RAISE EXCEPTION 'persons are forgotten under a key beside the database, and this session has none: name its file by --key-file or HARTONOMOUS_KEY_FILE'
            USING ERRCODE = 'HT006';
    ELSIF v_key COLLATE "C" !~ '^[0-9a-f]{64}$' THEN
        RAISE EXCEPTION 'the key for forgetting has 64 hexadecimal digits' USING ERRCODE = 'HT006';
    END IF;
    key_digest := hartonomous_internal.hmac_sha256(decode(v_key, 'hex'), '');
    -- all are of one key
    IF key_digest <> (SELECT f.key_digest FROM hartonomous.forgotten_subject AS f LIMIT 1) THEN
        RAISE EXCEPTION 'this is not the key under which persons of this database were forgotten: name the file of that one by --key-file or HARTONOMOUS_KEY_FILE'
            USING ERRCODE = 'HT006';
    END IF;
    digest := hartonomous_internal.hmac_sha256(
        decode(v_key, 'hex'),
        hartonomous_internal.framed(VARIADIC ARRAY['subject', hartonomous_internal.trimmed_key(p_subject)])
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.subject_digest(text) IS
'Internal: digests of a person and of nothing under this session''s key; an error without the key, or with another than that of the persons who are forgotten.';
