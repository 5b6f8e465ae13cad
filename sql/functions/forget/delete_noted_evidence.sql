CREATE OR REPLACE FUNCTION hartonomous_internal.delete_noted_evidence()
RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_count bigint;
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_editor');
    IF to_regclass('pg_temp.outgoing_evidence') IS NULL THEN
        RETURN NULL;
    END IF;
    v_count := hartonomous_internal.take_out_noted_evidence();
    IF v_count > 0 THEN
        PERFORM hartonomous_internal.append_deletion('delete_evidence', jsonb_build_object('evidence', v_count));
        PERFORM hartonomous_internal.drop_left_tables();
    END IF;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.delete_noted_evidence() IS
'Internal: takes the observations that a DELETE on relation_evidence noted out of their lists, with what nothing else supports.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous_internal.delete_noted_evidence()');

CREATE OR REPLACE TRIGGER delete_noted_evidence AFTER DELETE ON hartonomous.relation_evidence
FOR EACH STATEMENT EXECUTE FUNCTION hartonomous_internal.delete_noted_evidence();
