CREATE OR REPLACE VIEW hartonomous.alignment WITH (security_invoker = true) AS
SELECT
    c.source_identifier,
    h.concepts,
    h.component_count,
    h.anchors,
    h.residual,
    h.trustworthiness,
    h.continuity,
    h.pca_trustworthiness,
    h.pca_continuity,
    h.rotation IS NOT NULL AS is_in_frame
FROM hartonomous.source_chart AS h
INNER JOIN hartonomous.content AS c ON c.content_id = h.content_id AND c.state = 'live' AND hartonomous_internal.is_seen(c.viewers);

COMMENT ON VIEW hartonomous.alignment IS 'How each live source''s chart lies on the common sphere.';
COMMENT ON COLUMN hartonomous.alignment.source_identifier IS 'Name of the source.';
COMMENT ON COLUMN hartonomous.alignment.concepts IS 'Concepts that its chart places.';
COMMENT ON COLUMN hartonomous.alignment.component_count IS 'Connected components of its graph.';
COMMENT ON COLUMN hartonomous.alignment.anchors IS 'Concepts shared with other live sources.';
COMMENT ON COLUMN hartonomous.alignment.residual IS
'Root mean square chord, 0 to 2, between its anchors and the same concepts in other sources; about 1.41 for chance.';
COMMENT ON COLUMN hartonomous.alignment.trustworthiness IS
'How far neighbours on the sphere are neighbours in the source, 0 to 1.';
COMMENT ON COLUMN hartonomous.alignment.continuity IS
'How far neighbours in the source stay neighbours on the sphere, 0 to 1.';
COMMENT ON COLUMN hartonomous.alignment.pca_trustworthiness IS 'The same for four principal components.';
COMMENT ON COLUMN hartonomous.alignment.pca_continuity IS 'The same for four principal components.';
COMMENT ON COLUMN hartonomous.alignment.is_in_frame IS
'False while it shares too few concepts with the others, which leave its own without a position.';
