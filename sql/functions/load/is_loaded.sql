CREATE OR REPLACE FUNCTION hartonomous.is_loaded(
    p_source_identifier text, p_kind text, p_fingerprint bytea
)
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_known hartonomous.content;
BEGIN
    SELECT c.* INTO v_known FROM hartonomous.content AS c
    WHERE c.source_identifier = p_source_identifier;
    IF NOT FOUND THEN
        RETURN FALSE;
    END IF;
    IF v_known.fingerprint <> p_fingerprint OR v_known.kind <> p_kind THEN
        RAISE EXCEPTION 'the source name % is taken by another %', left(p_source_identifier, 80), v_known.kind
            USING ERRCODE = 'HT001';
    END IF;
    RETURN TRUE;
END
$$;

COMMENT ON FUNCTION hartonomous.is_loaded(text, text, bytea) IS
'Whether this very source is loaded already; an error when another one carries its name.';
