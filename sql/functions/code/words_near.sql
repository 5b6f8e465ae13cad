-- Rated as neighbors rates them; what is no plain word or phrase can't be looked for in a text.
CREATE OR REPLACE FUNCTION hartonomous_internal.words_near(p_number integer, p_most integer, p_but text[])
RETURNS text[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_plain constant text := '^[[:alpha:]][[:alpha:] ''-]{1,59}$';
    c_looked_at constant integer := 50;
    v_related constant integer := hartonomous.relation_type_id('related');
    v_near text[];
BEGIN
    IF p_number IS NULL OR hartonomous_internal.is_below_chance(ARRAY[p_number]) THEN
        RETURN '{}';
    END IF;
    IF hartonomous_internal.is_rated_by_consensus(NULL, v_related) THEN
        v_near := array(
            SELECT n.neighbor
            FROM hartonomous_internal.neighbors_by_consensus(p_number, c_looked_at, v_related) WITH ORDINALITY AS n (
                concept, neighbor, elo, consensus, evidence, sources, weight, relation_id, place
            )
            WHERE n.neighbor ~ c_plain
            ORDER BY n.place
        );
    ELSE
        v_near := array(
            SELECT c.label
            FROM hartonomous_internal.relations_from(ARRAY[p_number], v_related) AS r
            INNER JOIN hartonomous.composition AS c ON c.composition_number = r.b
            WHERE c.kind = 'text' AND c.label ~ c_plain
            ORDER BY r.elo_score DESC, c.composition_id
            LIMIT c_looked_at
        );
    END IF;
    RETURN array(
        SELECT n.label
        FROM unnest(v_near) WITH ORDINALITY AS n (label, place)
        WHERE EXISTS (SELECT FROM hartonomous_internal.word_stems(n.label))
            AND NOT EXISTS (SELECT FROM hartonomous_internal.word_stems(n.label) AS w WHERE w.stem = ANY (p_but))
        ORDER BY n.place
        LIMIT p_most
    );
END
$$;

COMMENT ON FUNCTION hartonomous_internal.words_near(integer, integer, text[]) IS
'Internal: the plain words and phrases that a concept is most strongly related to, but those that have one of these stems.';
