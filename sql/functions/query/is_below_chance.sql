-- What texts and people say is not above chance or below: somebody said it.
CREATE OR REPLACE FUNCTION hartonomous_internal.is_below_chance(p_composition_numbers integer[])
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    v_number integer;
    v_is_below boolean := FALSE;
BEGIN
    IF hartonomous_internal.shows_all() THEN
        RETURN FALSE;
    END IF;
    FOREACH v_number IN ARRAY p_composition_numbers LOOP
        CONTINUE WHEN (SELECT coalesce(bool_or(k.is_known), TRUE) FROM hartonomous_internal.known_by(v_number) AS k)
            OR EXISTS (
                SELECT FROM hartonomous.relation_list AS l
                INNER JOIN hartonomous.content AS c ON c.content_id = l.content_id AND hartonomous_internal.is_in_scope(c)
                WHERE l.composition_number = v_number AND l.neighbours <> '{}'
                    AND l.content_id NOT IN (SELECT v.content_id FROM hartonomous_internal.voting_sites() AS v)
            );
        RAISE NOTICE 'nothing known above chance about %: --all, or SET hartonomous.below_chance = on, shows what lies below',
            (SELECT hartonomous_internal.shown_name(c.label) FROM hartonomous.composition AS c
                WHERE c.composition_number = v_number);
        v_is_below := TRUE;
    END LOOP;
    RETURN v_is_below;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.is_below_chance(integer[]) IS
'Internal: whether all that live sources list for one of some concepts is noise, with a notice for each; never while the session shows all.';
