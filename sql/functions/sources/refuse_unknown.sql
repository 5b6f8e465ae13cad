-- Names that share the most pairs of letters come first (Dice's coefficient).
CREATE OR REPLACE FUNCTION hartonomous_internal.refuse_unknown(p_what text, p_name text, p_known text[])
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- of a name that is longer, each letter would be looked for in each known name
    c_letters constant integer := 80;
    v_folded text;
    v_near text;
BEGIN
    p_name := left(p_name, c_letters);
    v_folded := hartonomous.fold(p_name);
    SELECT string_agg(left(n.known, c_letters), ', ' ORDER BY n.alike DESC, n.known COLLATE "C")
    INTO v_near
    FROM (
        SELECT k.known, (
            SELECT count(DISTINCT substring(v_folded FROM i FOR 2))
            FROM generate_series(1, length(v_folded) - 1) AS i
            WHERE strpos(hartonomous.fold(k.known), substring(v_folded FROM i FOR 2)) > 0
        )::double precision / greatest(length(p_name), length(k.known)) AS alike
        FROM unnest(p_known) AS k (known)
        ORDER BY alike DESC, k.known COLLATE "C"
        LIMIT 3
    ) AS n
    WHERE n.alike > 0.3;
    RAISE EXCEPTION 'there is no % %, so nothing was changed%',
        p_what, coalesce(p_name, 'null'), coalesce('; did you mean ' || v_near || '?', '')
        USING ERRCODE = 'HT003';
END
$$;

COMMENT ON FUNCTION hartonomous_internal.refuse_unknown(text, text, text[]) IS
'Internal: the error for a name that is not there, with the known names most like it.';
