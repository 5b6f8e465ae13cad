-- What is quarantined shows in no answer, so all that is live is, until the replay: no question has to
-- ask for itself.
CREATE OR REPLACE FUNCTION hartonomous.withhold_answers(audit_id bigint, hash bytea)
RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_editor');
    PERFORM hartonomous.lock_writer();
    IF EXISTS (SELECT FROM hartonomous.replay_due)
        OR NOT hartonomous.is_behind(withhold_answers.audit_id, withhold_answers.hash) THEN
        RETURN FALSE;
    END IF;
    INSERT INTO hartonomous.replay_due (audit_id, hash, withheld)
    SELECT withhold_answers.audit_id, withhold_answers.hash, coalesce(array_agg(c.content_id), '{}')
    FROM hartonomous.content AS c WHERE c.state = 'live';
    UPDATE hartonomous.content AS c SET state = 'quarantined' WHERE c.state = 'live';
    PERFORM hartonomous_internal.append_audit('withhold_answers', jsonb_build_object(
        'audit_id', withhold_answers.audit_id, 'hash', encode(withhold_answers.hash, 'hex')
    ));
    RETURN TRUE;
END
$$;

COMMENT ON FUNCTION hartonomous.withhold_answers(bigint, bytea) IS
'Takes everything out of every answer because the database is older than a deletion, until replay_forgotten or override_forgotten; false when it is not, or was done already.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous.withhold_answers(bigint, bytea)');
