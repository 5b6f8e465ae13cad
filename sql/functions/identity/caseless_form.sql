CREATE OR REPLACE FUNCTION hartonomous_internal.caseless_form(p_label text, p_kind text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT hartonomous.fold(CASE p_kind WHEN 'piece' THEN substring(p_label FROM 3) ELSE p_label END)
$$;

COMMENT ON FUNCTION hartonomous_internal.caseless_form(text, text) IS
'Internal: what a concept is read as, without case and without a word piece''s mark.';
