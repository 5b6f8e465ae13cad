CREATE OR REPLACE FUNCTION hartonomous_internal.require_label(p_label text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_label constant text := hartonomous_internal.nfc(p_label);
BEGIN
    IF hartonomous_internal.stored_composition(p_label) IS NOT NULL THEN
        RETURN;
    ELSIF coalesce(hartonomous_internal.trimmed_key(p_label), '') = '' THEN
        RAISE EXCEPTION 'a concept has a label, of more than blanks' USING ERRCODE = 'HT004';
    ELSIF octet_length(v_label) > hartonomous_internal.most_label_bytes() THEN
        RAISE EXCEPTION 'a concept has at most % bytes, and % has more',
            hartonomous_internal.most_label_bytes(), quote_literal(left(p_label, 60))
            USING ERRCODE = 'HT004';
    ELSIF EXISTS (
        SELECT FROM hartonomous.forgotten_composition AS f
        WHERE f.hash IN (
            hartonomous.blake3(v_label), hartonomous_internal.caseless_digest(hartonomous_internal.caseless_form(v_label, 'text'))
        )
    ) THEN
        RAISE EXCEPTION 'the concept % is to stay forgotten', quote_literal(left(p_label, 60)) USING ERRCODE = 'HT004';
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_label(text) IS
'Internal: refuses a label that no concept may have.';
