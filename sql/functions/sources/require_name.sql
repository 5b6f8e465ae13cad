-- Names are found by an index, whose entries have at most about 2,700 bytes.
CREATE OR REPLACE FUNCTION hartonomous_internal.require_name(p_what text, p_name text)
RETURNS void
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_bytes constant integer := 1000;
BEGIN
    IF coalesce(p_name, '') = '' THEN
        RAISE EXCEPTION 'the name of a % is empty', p_what USING ERRCODE = 'HT004';
    ELSIF octet_length(p_name) > c_bytes THEN
        RAISE EXCEPTION 'the name of a % has at most % bytes, and % has %',
            p_what, c_bytes, left(p_name, 80) || '...', octet_length(p_name)
            USING ERRCODE = 'HT004';
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_name(text, text) IS
'Internal: refuses a name of a source, site, subject, snapshot or flag that is empty or longer than 1,000 bytes.';
