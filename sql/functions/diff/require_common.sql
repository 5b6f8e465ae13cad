CREATE OR REPLACE FUNCTION hartonomous_internal.require_common(p_a integer, p_b integer)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET jit = off
SET work_mem = '64MB'
AS $$
#variable_conflict use_column
DECLARE
    c_least constant double precision := 0.5;
    v_names constant text[] := array(
        SELECT hartonomous_internal.shown_name(c.source_identifier) FROM unnest(ARRAY[p_a, p_b]) WITH ORDINALITY AS g (id, place)
        INNER JOIN hartonomous.content AS c ON c.content_id = g.id
        ORDER BY g.place
    );
    v_count record;
    v_said text;
BEGIN
    WITH known AS MATERIALIZED (
        SELECT DISTINCT l.content_id, l.composition_number AS number
        FROM hartonomous.relation_list AS l
        WHERE l.content_id IN (p_a, p_b)
    )
    SELECT count(*) FILTER (WHERE s.in_a) AS a, count(*) FILTER (WHERE s.in_b) AS b,
        count(*) FILTER (WHERE s.in_a AND s.in_b) AS both
    INTO v_count
    FROM (
        SELECT bool_or(k.content_id = p_a) AS in_a, bool_or(k.content_id = p_b) AS in_b
        FROM known AS k
        INNER JOIN hartonomous.composition AS c ON c.composition_number = k.number
        -- neurons are each source's own
        WHERE c.kind IN ('text', 'piece')
        GROUP BY k.number
    ) AS s;
    v_said := format(
        '%s and %s have %s concepts in common, of %s and %s', v_names[1], v_names[2], v_count.both, v_count.a, v_count.b
    );
    IF v_count.both < c_least * greatest(v_count.a, v_count.b) OR v_count.both = 0 THEN
        RAISE EXCEPTION '%: what changed is asked of sources with one vocabulary; compare says how they agree', v_said
            USING ERRCODE = 'HT004';
    ELSIF v_count.both < greatest(v_count.a, v_count.b) THEN
        RAISE NOTICE '%: these are compared', v_said;
    END IF;
    IF NOT EXISTS (SELECT FROM hartonomous_internal.paired_sites(p_a, p_b, NULL)) THEN
        RAISE EXCEPTION '% and % have no site in common that ranks neighbours', v_names[1], v_names[2]
            USING ERRCODE = 'HT004';
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_common(integer, integer) IS
'Internal to diff: an error where two sources have less than half of their words, or no site, in common; a notice where they lack some.';
