-- DELETE on the view relation_evidence: the rows are noted one by one and then taken out together.
CREATE OR REPLACE FUNCTION hartonomous_internal.note_evidence()
RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_editor');
    PERFORM hartonomous_internal.open_noted_evidence();
    INSERT INTO pg_temp.outgoing_evidence
    VALUES (
        (OLD.relation_id).composition_a_id, (OLD.relation_id).composition_b_id,
        (OLD.relation_id).relation_type_id, OLD.site_id
    );
    RETURN OLD;
END
$$;

COMMENT ON FUNCTION hartonomous_internal.note_evidence() IS
'Internal: notes an observation that a DELETE on relation_evidence takes away.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous_internal.note_evidence()');

CREATE OR REPLACE TRIGGER note_evidence INSTEAD OF DELETE ON hartonomous.relation_evidence
FOR EACH ROW EXECUTE FUNCTION hartonomous_internal.note_evidence();

DO $$
BEGIN
    IF to_regrole('hartonomous_editor') IS NOT NULL THEN
        GRANT DELETE ON hartonomous.relation_evidence TO hartonomous_editor;
    END IF;
END
$$;
