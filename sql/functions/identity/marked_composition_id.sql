CREATE OR REPLACE FUNCTION hartonomous_internal.marked_composition_id(p_label text)
RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT hartonomous.composition_id(substring(p_label FROM char_length(k.mark) + 1), k.kind)
    FROM (VALUES
        ('##', 'piece'),
        (substring(p_label FROM '^[a-z][a-z0-9_]{0,31}:'), substring(p_label FROM '^([a-z][a-z0-9_]{0,31}):'))
    ) AS k (mark, kind)
    WHERE starts_with(p_label, k.mark) AND char_length(p_label) > char_length(k.mark)
$$;

COMMENT ON FUNCTION hartonomous_internal.marked_composition_id(text) IS
'Internal: id of the concept that a label names by its kind''s mark, ##ing or neuron:..., null where it has none.';
