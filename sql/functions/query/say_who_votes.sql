CREATE OR REPLACE FUNCTION hartonomous_internal.say_who_votes(
    p_composition_number integer, p_site_ids integer[], p_all_say text
)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_name constant text := (
        SELECT hartonomous_internal.shown_name(c.label) FROM hartonomous.composition AS c
        WHERE c.composition_number = p_composition_number
    );
    v_voters constant bigint := (
        SELECT count(*) FROM hartonomous.relation_list AS l
        WHERE l.composition_number = p_composition_number AND l.site_id = ANY (p_site_ids)
    );
BEGIN
    IF v_voters = 0 THEN
        RAISE NOTICE 'no live model knows %, and nobody else votes', v_name;
    ELSIF v_voters = 1 THEN
        RAISE NOTICE 'only one live model knows %: it takes two', v_name;
    ELSE
        RAISE NOTICE 'the % live models that know % %', v_voters, v_name, p_all_say;
    END IF;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.say_who_votes(integer, integer[], text) IS
'Internal to agree and disagree: a notice that says why there is nothing.';
