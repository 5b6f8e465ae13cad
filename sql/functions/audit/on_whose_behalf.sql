-- Sessions say who works and on which request by settings, so that every change can be told so:
-- SET hartonomous.operator = 'j.doe'; SET hartonomous.reference = 'TICKET-12'.
CREATE OR REPLACE FUNCTION hartonomous_internal.on_whose_behalf()
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_longest constant integer := 80;
    v_setting record;
    v_said jsonb := '{}';
BEGIN
    FOR v_setting IN
        SELECT s.name, current_setting('hartonomous.' || s.name, TRUE) AS value
        FROM unnest(ARRAY['operator', 'reference']) AS s (name)
    LOOP
        CONTINUE WHEN coalesce(v_setting.value, '') = '';
        IF length(v_setting.value) > c_longest OR v_setting.value ~ '[[:cntrl:]]' THEN
            RAISE EXCEPTION 'hartonomous.% is one line of at most % characters', v_setting.name, c_longest
                USING ERRCODE = 'HT004';
        END IF;
        v_said := v_said || jsonb_build_object(v_setting.name, v_setting.value);
    END LOOP;
    RETURN v_said;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.on_whose_behalf() IS
'Internal: the operator and the reference that this session has set, as the audit keeps them.';
