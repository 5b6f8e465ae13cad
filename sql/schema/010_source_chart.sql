-- One sphere for all models: each source's chart is rotated into one frame, and the position of
-- a concept is the normalised sum of where its sources put it.

CREATE TABLE hartonomous.source_chart (
    content_id integer PRIMARY KEY REFERENCES hartonomous.content (content_id) ON DELETE CASCADE,
    concepts integer NOT NULL CHECK (concepts > 0),
    component_count integer NOT NULL CHECK (component_count > 0),
    eigenvalues double precision[] NOT NULL,
    trustworthiness double precision,
    continuity double precision,
    pca_trustworthiness double precision,
    pca_continuity double precision,
    rotation double precision[] CHECK (cardinality(rotation) = 16),
    anchors integer CHECK (anchors >= 0),
    residual double precision CHECK (residual >= 0)
);

COMMENT ON TABLE hartonomous.source_chart IS
'One source''s chart on S3: what four dimensions keep of it, and how it is turned into the common frame.';
COMMENT ON COLUMN hartonomous.source_chart.content_id IS 'The source.';
COMMENT ON COLUMN hartonomous.source_chart.concepts IS 'Concepts that the chart places.';
COMMENT ON COLUMN hartonomous.source_chart.component_count IS 'Connected components of the source''s graph.';
COMMENT ON COLUMN hartonomous.source_chart.eigenvalues IS
'The four smallest non-trivial eigenvalues of the normalised Laplacian of the largest component.';
COMMENT ON COLUMN hartonomous.source_chart.trustworthiness IS
'Share of neighbours on the sphere that are neighbours in the source (Venna and Kaski 2001).';
COMMENT ON COLUMN hartonomous.source_chart.continuity IS
'Share of neighbours in the source that stay neighbours on the sphere.';
COMMENT ON COLUMN hartonomous.source_chart.pca_trustworthiness IS
'Trustworthiness of the first four principal components of the same graph, the yardstick.';
COMMENT ON COLUMN hartonomous.source_chart.pca_continuity IS 'Continuity of the same yardstick.';
COMMENT ON COLUMN hartonomous.source_chart.rotation IS
'Orthogonal 4 x 4 matrix, row by row, that takes the chart into the common frame; null until aligned.';
COMMENT ON COLUMN hartonomous.source_chart.anchors IS 'Concepts shared with other live sources.';
COMMENT ON COLUMN hartonomous.source_chart.residual IS
'Root mean square chord, 0 to 2, between the anchors and the same concepts in the other sources.';

CREATE TABLE hartonomous.composition_position (
    composition_id uuid PRIMARY KEY,
    x double precision NOT NULL,
    y double precision NOT NULL,
    z double precision NOT NULL,
    w double precision NOT NULL,
    plane point NOT NULL GENERATED ALWAYS AS (point(x, y)) STORED
);

CREATE INDEX composition_position_plane_idx ON hartonomous.composition_position USING gist (plane);

COMMENT ON TABLE hartonomous.composition_position IS
'Where the substrate puts each concept on S3, a pure function of its live sources'' charts.';
COMMENT ON COLUMN hartonomous.composition_position.composition_id IS 'The concept.';
COMMENT ON COLUMN hartonomous.composition_position.x IS 'First coordinate of the unit quaternion.';
COMMENT ON COLUMN hartonomous.composition_position.y IS 'Second coordinate.';
COMMENT ON COLUMN hartonomous.composition_position.z IS 'Third coordinate.';
COMMENT ON COLUMN hartonomous.composition_position.w IS 'Fourth coordinate.';
COMMENT ON COLUMN hartonomous.composition_position.plane IS
'The first two coordinates: no farther apart than the concepts, so that an index on them finds the nearest.';
