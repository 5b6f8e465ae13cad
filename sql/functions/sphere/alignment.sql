CREATE OR REPLACE VIEW hartonomous.alignment WITH (security_invoker = true) AS
SELECT
    c.source_identifier,
    coalesce(h.concepts, 0) AS concepts,
    coalesce(h.component_count, 0) AS component_count,
    h.anchors,
    h.residual,
    h.trustworthiness,
    h.continuity,
    h.pca_trustworthiness,
    h.pca_continuity,
    coalesce(h.concepts, 0) > 0 AS is_placed
FROM hartonomous.content AS c
LEFT JOIN hartonomous.source_chart AS h
    ON h.content_id = c.content_id AND (SELECT hartonomous_internal.layout_stands())
WHERE c.kind = 'model' AND c.state = 'live' AND hartonomous_internal.is_seen(c.viewers);

COMMENT ON VIEW hartonomous.alignment IS 'How each live model lies on the common sphere.';
COMMENT ON COLUMN hartonomous.alignment.source_identifier IS 'Name of the source.';
COMMENT ON COLUMN hartonomous.alignment.concepts IS 'Concepts of it that have a position.';
COMMENT ON COLUMN hartonomous.alignment.component_count IS 'Connected components of its graph.';
COMMENT ON COLUMN hartonomous.alignment.anchors IS 'Concepts shared with other live models.';
COMMENT ON COLUMN hartonomous.alignment.residual IS
'Root mean square chord, 0 to 2, between its own chart, where it has one, and the common positions; about 1.41 for chance.';
COMMENT ON COLUMN hartonomous.alignment.trustworthiness IS
'How far neighbours on the sphere are neighbours in the source, 0 to 1.';
COMMENT ON COLUMN hartonomous.alignment.continuity IS
'How far neighbours in the source stay neighbours on the sphere, 0 to 1.';
COMMENT ON COLUMN hartonomous.alignment.pca_trustworthiness IS 'The same for four principal components of its graph alone.';
COMMENT ON COLUMN hartonomous.alignment.pca_continuity IS 'The same for four principal components of its graph alone.';
COMMENT ON COLUMN hartonomous.alignment.is_placed IS
'False while positions are due, or where none of its concepts is related to another.';
