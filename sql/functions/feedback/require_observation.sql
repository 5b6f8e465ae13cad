CREATE OR REPLACE FUNCTION hartonomous_internal.require_observation(
    p_source text, p_a text, p_b text, p_weight double precision, p_site text, p_subject text
)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF p_weight IS NULL OR NOT p_weight BETWEEN 0 AND 1 THEN
        RAISE EXCEPTION 'a weight lies from 0, which says that the relation does not hold, to 1'
            USING ERRCODE = 'HT004';
    END IF;
    PERFORM hartonomous_internal.require_name('source', p_source);
    PERFORM hartonomous_internal.require_free_name(p_source, 'evidence', p_subject);
    PERFORM hartonomous_internal.require_name('site', p_site);
    PERFORM hartonomous_internal.require_label(p_a);
    PERFORM hartonomous_internal.require_label(p_b);
    IF hartonomous_internal.nfc(p_a) = hartonomous_internal.nfc(p_b)
        OR hartonomous_internal.stored_composition(p_a) = hartonomous_internal.stored_composition(p_b) THEN
        RAISE EXCEPTION 'a relation is of two concepts' USING ERRCODE = 'HT004';
    END IF;
    PERFORM hartonomous_internal.require_source_of(p_source, p_subject);
END
$$;

COMMENT ON FUNCTION hartonomous_internal.require_observation(text, text, text, double precision, text, text) IS
'Internal to add_evidence: refuses what is no observation, or cannot be this source''s.';
