-- What texts and people say is not above chance or below: somebody said it.
CREATE OR REPLACE FUNCTION hartonomous_internal.is_below_chance(p_composition_number integer)
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    IF hartonomous_internal.shows_all()
        OR (SELECT coalesce(bool_or(k.is_known), TRUE) FROM hartonomous_internal.known_by(p_composition_number) AS k)
        OR EXISTS (
            SELECT FROM hartonomous.relation_list AS l
            INNER JOIN hartonomous.content AS c ON c.content_id = l.content_id AND hartonomous_internal.is_in_scope(c)
            WHERE l.composition_number = p_composition_number AND l.neighbours <> '{}'
                AND l.content_id NOT IN (SELECT v.content_id FROM hartonomous_internal.voting_sites() AS v)
        ) THEN
        RETURN FALSE;
    END IF;
    RAISE NOTICE 'nothing known above chance about %: --all, or SET hartonomous.below_chance = on, shows what lies below',
        (SELECT hartonomous_internal.shown_name(c.label) FROM hartonomous.composition AS c
            WHERE c.composition_number = p_composition_number);
    RETURN TRUE;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.is_below_chance(integer) IS
'Internal: whether all that live sources list for a concept is noise, with a notice that says so; never while the session shows all.';
