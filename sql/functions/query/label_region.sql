CREATE OR REPLACE FUNCTION hartonomous_internal.label_region(p_label text, p_kind text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE
        WHEN p_kind = 'piece' OR p_label COLLATE "C" LIKE '##%' THEN 'pieces'
        WHEN p_kind <> 'text' THEN 'other kinds'
        WHEN p_label COLLATE "C" ~ '^[0-9][0-9.,:/-]*$' THEN 'numbers'
        WHEN p_label COLLATE "C" ~ '^[a-z][a-z''-]*$' THEN 'words'
        WHEN p_label COLLATE "C" ~ '^[A-Z][A-Za-z''-]*$' THEN 'names'
        WHEN p_label COLLATE "C" ~ '[^ -~]' THEN 'other scripts'
        WHEN p_label COLLATE "C" ~ '[A-Za-z].*[ _].*[A-Za-z]' THEN 'phrases'
        ELSE 'signs'
    END
$$;

COMMENT ON FUNCTION hartonomous_internal.label_region(text, text) IS
'Internal to compare_sources: which part of a vocabulary a concept belongs to, by how it is written.';
