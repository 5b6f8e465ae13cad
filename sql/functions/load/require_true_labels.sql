-- A concept's label is stored once for all sources, so one that lies would stay after its liar.
CREATE OR REPLACE FUNCTION hartonomous_internal.require_true_labels()
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_label text;
BEGIN
    -- before anything is hashed
    SELECT left(i.label, 60) INTO v_label
    FROM pg_temp.incoming_composition AS i
    WHERE octet_length(i.label) > hartonomous_internal.most_label_bytes()
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'a concept has at most % bytes, and % has more',
            hartonomous_internal.most_label_bytes(), quote_literal(v_label)
            USING ERRCODE = 'HT004';
    END IF;
    SELECT left(i.kind, 60) INTO v_label
    FROM pg_temp.incoming_composition AS i
    WHERE i.kind !~ '^[a-z][a-z0-9_]{0,31}$'
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'a kind of concept is a word of up to 32 small letters, digits and _, not %', v_label
            USING ERRCODE = 'HT004';
    END IF;
    SELECT left(i.label, 60) INTO v_label
    FROM pg_temp.incoming_composition AS i
    LEFT JOIN hartonomous.composition AS c ON c.hash = i.hash
    WHERE CASE
        WHEN c.hash IS NULL THEN i.hash IS DISTINCT FROM hartonomous.composition_hash(i.label, i.kind)
        ELSE (c.label, c.kind) <> (i.label, i.kind)
    END
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the hash, label and kind of % do not agree', quote_literal(v_label) USING ERRCODE = 'HT004';
    ELSIF EXISTS (SELECT FROM pg_temp.incoming_composition AS i WHERE hartonomous_internal.trimmed_key(i.label) = '') THEN
        RAISE EXCEPTION 'a concept has a label, of more than blanks' USING ERRCODE = 'HT004';
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_true_labels() IS
'Internal to number_compositions: refuses concepts whose label is another concept''s, or blank.';
