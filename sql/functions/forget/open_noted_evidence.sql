CREATE OR REPLACE FUNCTION hartonomous_internal.open_noted_evidence()
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF to_regclass('pg_temp.outgoing_evidence') IS NULL THEN
        PERFORM hartonomous.lock_writer();
        CREATE TEMP TABLE outgoing_evidence (
            composition_a_id uuid, composition_b_id uuid, relation_type_id integer, site_id integer
        ) ON COMMIT DROP;
    END IF;
    PERFORM hartonomous_internal.require_own_table('outgoing_evidence');
END
$$;

COMMENT ON FUNCTION hartonomous_internal.open_noted_evidence() IS
'Internal: makes room for the observations that are to be taken out of their lists.';
