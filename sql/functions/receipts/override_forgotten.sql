CREATE OR REPLACE FUNCTION hartonomous.override_forgotten(reason text)
RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_longest constant integer := 200;
    v_due hartonomous.replay_due;
    v_audit_id bigint;
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_editor');
    IF coalesce(btrim(override_forgotten.reason), '') = '' OR length(override_forgotten.reason) > c_longest
        OR override_forgotten.reason COLLATE "C" ~ '[[:cntrl:]]' THEN
        RAISE EXCEPTION 'say why in one line of at most % characters', c_longest USING ERRCODE = 'HT004';
    END IF;
    PERFORM hartonomous.lock_writer();
    SELECT d.* INTO v_due FROM hartonomous.replay_due AS d;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'nothing is withheld, so nothing was changed' USING ERRCODE = 'HT004';
    END IF;
    v_audit_id := hartonomous_internal.append_deletion(
        'override_forgotten',
        jsonb_build_object(
            'reason', override_forgotten.reason, 'audit_id', v_due.audit_id, 'hash', encode(v_due.hash, 'hex')
        ),
        v_due.hash
    );
    PERFORM hartonomous_internal.release_answers();
    RETURN v_audit_id;
END
$$;

COMMENT ON FUNCTION hartonomous.override_forgotten(text) IS
'Lets a database that is older than what was deleted from it answer all the same, for a reason that goes into the audit; returns the audit''s row.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous.override_forgotten(text)');
