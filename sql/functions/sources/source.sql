CREATE OR REPLACE VIEW hartonomous.source WITH (security_invoker = true) AS
SELECT
    c.source_identifier,
    c.kind,
    c.state,
    c.subject_id IS NOT NULL AS is_personal,
    (SELECT count(*) FROM hartonomous.site AS p WHERE p.content_id = c.content_id) AS site_count,
    hartonomous_internal.count_observations(ARRAY[c.content_id]) AS evidence_count,
    encode(c.fingerprint, 'hex') AS fingerprint,
    c.created_at,
    c.flags,
    c.expires,
    (SELECT count(*) FROM hartonomous.screened_site AS p WHERE p.content_id = c.content_id) AS left_out_count,
    (
        SELECT max((p.settings #>> '{signal,score}')::double precision - (p.settings #>> '{signal,"null"}')::double precision)
        FROM hartonomous.site AS p
        WHERE p.content_id = c.content_id
    ) AS signal,
    c.viewers
FROM hartonomous.content AS c
-- what is to be deleted again is not named before
WHERE NOT EXISTS (SELECT FROM hartonomous.replay_due) AND hartonomous_internal.is_seen(c.viewers);

COMMENT ON VIEW hartonomous.source IS 'The sources of evidence by name, with their size and state.';
COMMENT ON COLUMN hartonomous.source.source_identifier IS 'Name of the source.';
COMMENT ON COLUMN hartonomous.source.kind IS 'What was read: model, document, image, code, feedback or evidence.';
COMMENT ON COLUMN hartonomous.source.state IS 'live or quarantined.';
COMMENT ON COLUMN hartonomous.source.is_personal IS 'Whether it is a person''s data; list_subjects says whose.';
COMMENT ON COLUMN hartonomous.source.site_count IS 'Sites that gave evidence.';
COMMENT ON COLUMN hartonomous.source.evidence_count IS 'Pieces of evidence stored now.';
COMMENT ON COLUMN hartonomous.source.fingerprint IS 'BLAKE3 of what was read, in hexadecimal.';
COMMENT ON COLUMN hartonomous.source.created_at IS 'When it was loaded.';
COMMENT ON COLUMN hartonomous.source.flags IS
'What is suspicious about it: floods the graph, one concept in most relations, lowers quality.';
COMMENT ON COLUMN hartonomous.source.expires IS 'The day, in UTC, from which forget_expired takes it away.';
COMMENT ON COLUMN hartonomous.source.left_out_count IS 'Sites that were screened and did not stand above chance.';
COMMENT ON COLUMN hartonomous.source.viewers IS
'Roles whose members see it, beside editors; null where everybody does who may ask.';
COMMENT ON COLUMN hartonomous.source.signal IS 'The highest signal of its sites; source_site has all.';
