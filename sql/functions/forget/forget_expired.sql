-- The rule of retention: what its day has come for goes, and that the rule was followed is on record
-- also when there was nothing to do.
CREATE OR REPLACE FUNCTION hartonomous.forget_expired(fingerprints boolean DEFAULT NULL)
RETURNS hartonomous.deletion
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_contents integer[];
    v_before text;
    v_deletion hartonomous.deletion;
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_editor');
    PERFORM hartonomous.lock_writer();
    v_contents := hartonomous_internal.expired_contents();
    v_before := hartonomous_internal.fingerprint_if_wanted(forget_expired.fingerprints);
    v_deletion := hartonomous_internal.delete_contents(v_contents);
    v_deletion := hartonomous_internal.finish_deletion(
        'forget_expired', v_deletion, v_before, jsonb_build_object('expired_by', hartonomous_internal.today())
    );
    PERFORM hartonomous_internal.drop_list_tables(v_contents);
    RETURN v_deletion;
END
$$;

COMMENT ON FUNCTION hartonomous.forget_expired(boolean) IS
'Deletes for good all sources whose day of expiry has come, in UTC, with what only these supported; the audit records it also when there are none.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous.forget_expired(boolean)');
