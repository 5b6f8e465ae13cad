CREATE OR REPLACE VIEW hartonomous.source_site WITH (security_invoker = true) AS
SELECT
    c.source_identifier,
    p.position AS site_position,
    p.is_mined,
    (p.settings ->> 'k')::integer AS k,
    (p.signal ->> 'score')::double precision AS score,
    (p.signal ->> 'null')::double precision AS null_score,
    (p.signal ->> 'score')::double precision - (p.signal ->> 'null')::double precision AS signal,
    (p.signal ->> 'low')::double precision AS signal_low,
    (p.signal ->> 'high')::double precision AS signal_high,
    p.signal ->> 'reference' AS held_against
FROM (
    SELECT s.content_id, s.position, TRUE AS is_mined, s.settings, s.settings -> 'signal' AS signal
    FROM hartonomous.site AS s
    UNION ALL
    SELECT s.content_id, s.position, FALSE, NULL::jsonb, s.signal FROM hartonomous.screened_site AS s
) AS p
INNER JOIN hartonomous.content AS c ON c.content_id = p.content_id
-- what is to be deleted again is not named before
WHERE NOT EXISTS (SELECT FROM hartonomous.replay_due) AND hartonomous_internal.is_seen(c.viewers);

COMMENT ON VIEW hartonomous.source_site IS
'The sites of each source, those that were left out too, with how far each stood above its nulls.';
COMMENT ON COLUMN hartonomous.source_site.source_identifier IS 'Name of the source.';
COMMENT ON COLUMN hartonomous.source_site.site_position IS 'Where in the source: embedding, layer3-head5-qk.';
COMMENT ON COLUMN hartonomous.source_site.is_mined IS 'Whether it gave evidence; else it was left out.';
COMMENT ON COLUMN hartonomous.source_site.k IS 'Neighbours mined for each concept.';
COMMENT ON COLUMN hartonomous.source_site.score IS
'Share of a sample''s first ten neighbours that what it was held against lists too; null where it was not screened.';
COMMENT ON COLUMN hartonomous.source_site.null_score IS 'The same of the best of its nulls.';
COMMENT ON COLUMN hartonomous.source_site.signal IS 'The difference: how far the site stood above chance.';
COMMENT ON COLUMN hartonomous.source_site.signal_low IS 'Lower end of the 95 % interval of the signal.';
COMMENT ON COLUMN hartonomous.source_site.signal_high IS 'Upper end of it.';
COMMENT ON COLUMN hartonomous.source_site.held_against IS
'sources, lexicon, or embedding where nothing else was there; random directions where a vector''s words were.';
