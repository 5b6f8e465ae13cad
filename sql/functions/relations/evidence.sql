CREATE OR REPLACE VIEW hartonomous.evidence WITH (security_invoker = true) AS
SELECT
    ca.label AS a,
    t.name AS relation_type,
    cb.label AS b,
    s.source_identifier,
    p.position AS site_position,
    e.weight,
    e.rank,
    e.relation_id
FROM hartonomous.relation_evidence AS e
INNER JOIN hartonomous.relation_type AS t ON t.relation_type_id = (e.relation_id).relation_type_id
INNER JOIN hartonomous.composition AS ca ON ca.composition_id = (e.relation_id).composition_a_id
INNER JOIN hartonomous.composition AS cb ON cb.composition_id = (e.relation_id).composition_b_id
INNER JOIN hartonomous.content AS s ON s.content_id = e.content_id
INNER JOIN hartonomous.site AS p ON p.site_id = e.site_id;

COMMENT ON VIEW hartonomous.evidence IS 'Every piece of live evidence with readable names.';
COMMENT ON COLUMN hartonomous.evidence.a IS 'Label of the concept the relation starts from.';
COMMENT ON COLUMN hartonomous.evidence.relation_type IS 'Type of the relation.';
COMMENT ON COLUMN hartonomous.evidence.b IS 'Label of the concept the relation leads to.';
COMMENT ON COLUMN hartonomous.evidence.source_identifier IS 'Name of the source.';
COMMENT ON COLUMN hartonomous.evidence.site_position IS 'Site within the source.';
COMMENT ON COLUMN hartonomous.evidence.weight IS 'How strongly, from 0 to 1.';
COMMENT ON COLUMN hartonomous.evidence.rank IS 'Place in the list of a, 1 for the nearest.';
COMMENT ON COLUMN hartonomous.evidence.relation_id IS 'The relation.';
