-- A request for access is answered by this and goes into the audit, which does not say whose it was.
CREATE OR REPLACE FUNCTION hartonomous.export_subject(subject text)
RETURNS TABLE (
    record text,
    source_identifier text,
    site_position text,
    relation_type text,
    from_label text,
    to_label text,
    weight real,
    rank smallint,
    details jsonb
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 10000
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_contents integer[];
    v_exported bigint;
BEGIN
    PERFORM hartonomous_internal.require_member('hartonomous_editor');
    PERFORM hartonomous_internal.require_replayed();
    PERFORM hartonomous_internal.hold_lists();
    v_contents := hartonomous_internal.contents_of_subject(export_subject.subject);
    RETURN QUERY
    SELECT r.record, c.source_identifier, r.site_position, r.relation_type, r.from_label, r.to_label, r.weight, r.rank, r.details
    FROM (
        SELECT
            1 AS place, 'source' AS record, s.content_id, NULL AS site_position, NULL AS relation_type,
            NULL AS from_label, NULL AS to_label, NULL::real AS weight, NULL::smallint AS rank,
            jsonb_build_object(
                'subject', export_subject.subject, 'kind', s.kind, 'state', s.state, 'flags', to_jsonb(s.flags),
                'created_at', s.created_at, 'expires', s.expires, 'fingerprint', encode(s.fingerprint, 'hex')
            ) AS details
        FROM hartonomous.content AS s WHERE s.content_id = ANY (v_contents)
        UNION ALL
        SELECT
            2, 'site', p.content_id, p.position, NULL, NULL, NULL, NULL, NULL,
            jsonb_build_object('class', p.class, 'settings', p.settings)
        FROM hartonomous.site AS p WHERE p.content_id = ANY (v_contents)
        UNION ALL
        SELECT
            3, 'evidence', e.content_id, e.site_position, e.relation_type, e.from_label, e.to_label, e.weight, e.rank,
            jsonb_build_object('is_rejected', e.is_rejected)
        FROM hartonomous_internal.evidence_of(v_contents) AS e
        UNION ALL
        SELECT
            4, 'coordinate', q.content_id, NULL, NULL, k.label, NULL, NULL, NULL,
            jsonb_build_object('x', q.x, 'y', q.y, 'z', q.z, 'w', q.w, 'component', q.component)
        FROM hartonomous.composition_coordinate AS q
        INNER JOIN hartonomous.composition AS k ON k.composition_id = q.composition_id
        WHERE q.content_id = ANY (v_contents)
        UNION ALL
        SELECT
            5, 'chart', h.content_id, NULL, NULL, NULL, NULL, NULL, NULL, to_jsonb(h) - 'content_id'
        FROM hartonomous.source_chart AS h WHERE h.content_id = ANY (v_contents)
    ) AS r
    INNER JOIN hartonomous.content AS c ON c.content_id = r.content_id
    ORDER BY c.source_identifier COLLATE "C", r.place, r.site_position COLLATE "C", r.relation_type COLLATE "C",
        r.from_label COLLATE "C", r.rank, r.to_label COLLATE "C";
    GET DIAGNOSTICS v_exported = ROW_COUNT;
    PERFORM hartonomous_internal.append_audit('export_subject', jsonb_build_object(
        'sources', cardinality(v_contents), 'records', v_exported
    ));
END
$$;

COMMENT ON FUNCTION hartonomous.export_subject(text) IS
'All that is held of a person, quarantined sources too: a row a source, site, piece of evidence, coordinate and chart; details holds what has no column. Written down in the audit, without the key.';

SELECT hartonomous_internal.restrict_to('hartonomous_editor', 'hartonomous.export_subject(text)');
