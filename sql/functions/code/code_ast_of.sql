CREATE OR REPLACE FUNCTION hartonomous_internal.code_ast_of(p_function integer, p_content_id integer, p_stems text[])
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_instance_of constant integer := hartonomous.relation_type_id('instance_of');
BEGIN
    RETURN (
        SELECT string_agg(p.name || ' ' || p.tree, '; ' ORDER BY p.fits DESC, p.weight DESC, p.name COLLATE "C")
        FROM (
            SELECT k.name, k.tree, e.weight, (
                SELECT count(*) FROM hartonomous_internal.word_stems(replace(k.name, '_', ' ') || ' ' || k.meaning) AS w
                WHERE w.stem = ANY (p_stems)
            ) AS fits
            FROM hartonomous.relation_list AS l
            CROSS JOIN LATERAL unnest(l.neighbours, l.weights) AS e (pattern, weight)
            INNER JOIN hartonomous.composition AS c ON c.composition_number = e.pattern
            INNER JOIN hartonomous_internal.code_patterns() AS k ON c.label = 'pattern:' || k.name
            WHERE l.composition_number = p_function AND l.content_id = p_content_id
                AND l.relation_type_id = v_instance_of AND e.weight > 0
        ) AS p
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.code_ast_of(integer, integer, text[]) IS
'Internal: the patterns that a function of a file is an instance of, each with its neutral tree, those first that words are about; null where it is of none.';
