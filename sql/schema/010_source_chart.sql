-- One sphere for all models: their concepts are laid out together, by what the models agree on. A layout is
-- made of what its sources say and of nothing else, so it goes when any of that does, and is made anew.

CREATE TABLE hartonomous.source_chart (
    content_id integer PRIMARY KEY REFERENCES hartonomous.content (content_id) ON DELETE CASCADE,
    concepts integer NOT NULL CHECK (concepts >= 0),
    component_count integer NOT NULL CHECK (component_count >= 0),
    anchors integer CHECK (anchors >= 0),
    residual double precision CHECK (residual >= 0),
    trustworthiness double precision,
    continuity double precision,
    pca_trustworthiness double precision,
    pca_continuity double precision
);

COMMENT ON TABLE hartonomous.source_chart IS
'A source that the layout on S3 is made of: what four dimensions keep of it, and how far its own chart is from the layout.';
COMMENT ON COLUMN hartonomous.source_chart.content_id IS 'The source.';
COMMENT ON COLUMN hartonomous.source_chart.concepts IS 'Concepts of it that have a position; 0 where none of them is related to another.';
COMMENT ON COLUMN hartonomous.source_chart.component_count IS 'Connected components of the source''s graph.';
COMMENT ON COLUMN hartonomous.source_chart.anchors IS 'Concepts shared with other sources of the layout; null for the only one.';
COMMENT ON COLUMN hartonomous.source_chart.residual IS
'Root mean square chord, 0 to 2, between its own chart and the layout; null without a chart.';
COMMENT ON COLUMN hartonomous.source_chart.trustworthiness IS
'Share of neighbours on the sphere that are neighbours in the source (Venna and Kaski 2001).';
COMMENT ON COLUMN hartonomous.source_chart.continuity IS
'Share of neighbours in the source that stay neighbours on the sphere.';
COMMENT ON COLUMN hartonomous.source_chart.pca_trustworthiness IS
'Trustworthiness of the first four principal components of the same graph, the yardstick.';
COMMENT ON COLUMN hartonomous.source_chart.pca_continuity IS 'Continuity of the same yardstick.';

CREATE TABLE hartonomous.composition_position (
    composition_id uuid PRIMARY KEY,
    x double precision NOT NULL,
    y double precision NOT NULL,
    z double precision NOT NULL,
    w double precision NOT NULL,
    plane point NOT NULL GENERATED ALWAYS AS (point(x, y)) STORED,
    CHECK (abs(x * x + y * y + z * z + w * w - 1) < 1e-6)
);

CREATE INDEX composition_position_plane_idx ON hartonomous.composition_position USING gist (plane);

COMMENT ON TABLE hartonomous.composition_position IS
'Where the substrate puts each concept on S3: the layout, a pure function of what the sources in source_chart say.';
COMMENT ON COLUMN hartonomous.composition_position.composition_id IS 'The concept.';
COMMENT ON COLUMN hartonomous.composition_position.x IS 'First coordinate of the unit quaternion.';
COMMENT ON COLUMN hartonomous.composition_position.y IS 'Second coordinate.';
COMMENT ON COLUMN hartonomous.composition_position.z IS 'Third coordinate.';
COMMENT ON COLUMN hartonomous.composition_position.w IS 'Fourth coordinate.';
COMMENT ON COLUMN hartonomous.composition_position.plane IS
'The first two coordinates: no farther apart than the concepts, so that an index on them finds the nearest.';
