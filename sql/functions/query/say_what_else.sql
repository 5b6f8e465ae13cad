-- Whoever asks for relations of a type that a concept has none of learns of which it has some.
CREATE OR REPLACE FUNCTION hartonomous_internal.say_what_else(
    p_composition_number integer, p_relation_type_id integer, p_towards boolean
)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_shown constant integer := 10;
    v_name constant text := (
        SELECT hartonomous_internal.shown_name(c.label) FROM hartonomous.composition AS c
        WHERE c.composition_number = p_composition_number
    );
    v_type constant text := (
        SELECT t.name FROM hartonomous.relation_type AS t WHERE t.relation_type_id = p_relation_type_id
    );
    v_others constant text := (
        SELECT string_agg(o.name, ', ' ORDER BY o.name COLLATE "C")
        FROM (
            SELECT DISTINCT t.name
            FROM hartonomous_internal.sum_lists(p_composition_number) AS s
            INNER JOIN hartonomous.relation_type AS t ON t.relation_type_id = s.relation_type_id
            WHERE s.evidence_count > s.rejection_count
            ORDER BY t.name
            LIMIT c_shown
        ) AS o
    );
BEGIN
    IF p_towards THEN
        RAISE NOTICE 'nothing lists % as %', v_name, v_type;
    ELSIF v_others IS NULL THEN
        RAISE NOTICE '% is related to nothing itself: towards asks who lists it', v_name;
    ELSE
        RAISE NOTICE '% has no relation of type %, but of %', v_name, v_type, v_others;
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.say_what_else(integer, integer, boolean) IS
'Internal to neighbors: a notice that says why there is nothing.';
