CREATE OR REPLACE FUNCTION hartonomous.export_forgotten()
RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_said jsonb;
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_editor');
    PERFORM hartonomous_internal.require_replayed();
    v_said := (
        SELECT jsonb_build_object(
            'format', 'hartonomous deletions 1',
            'database', (SELECT encode(a.hash, 'hex') FROM hartonomous.audit AS a WHERE a.audit_id = 1),
            'deletions', coalesce(
                (
                    SELECT jsonb_agg(
                        jsonb_build_object(
                            'receipt', hartonomous.export_receipt(d.audit_id),
                            'trace', hartonomous_internal.trace_of(d.audit_id),
                            'stands_for', d.stands_for
                        )
                        ORDER BY d.audit_id
                    )
                    FROM (
                        SELECT t.audit_id, min(encode(t.stands_for, 'hex')) AS stands_for
                        FROM hartonomous.deletion_trace AS t
                        GROUP BY t.audit_id
                    ) AS d
                ),
                '[]'
            ),
            'persons', coalesce(
                (
                    SELECT jsonb_agg(
                        jsonb_build_array(encode(f.digest, 'hex'), encode(f.key_digest, 'hex')) ORDER BY f.digest
                    )
                    FROM hartonomous.forgotten_subject AS f
                ),
                '[]'
            ),
            'concepts', coalesce(
                (
                    SELECT jsonb_agg(encode(f.hash, 'hex') ORDER BY f.hash)
                    FROM hartonomous.forgotten_composition AS f
                ),
                '[]'
            )
        )
    );
    RETURN v_said || jsonb_build_object('digest', hartonomous_internal.digest_of(v_said));
END
$$;

COMMENT ON FUNCTION hartonomous.export_forgotten() IS
'All that was deleted, by receipts and by numbers that mean nothing elsewhere, and what is to stay forgotten, by digests: what replay_forgotten deletes again after an older backup was restored. One JSON object.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous.export_forgotten()');
