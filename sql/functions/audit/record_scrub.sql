CREATE OR REPLACE FUNCTION hartonomous.record_scrub(reached text[], not_reached text[])
RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_editor');
    RETURN hartonomous_internal.append_audit('scrub', jsonb_build_object(
        'reached', to_jsonb(record_scrub.reached), 'not_reached', to_jsonb(record_scrub.not_reached)
    ));
END
$$;

COMMENT ON FUNCTION hartonomous.record_scrub(text[], text[]) IS
'Notes in the audit what was written anew to get rid of deleted rows, and what was out of reach; returns the row.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous.record_scrub(text[], text[])');
