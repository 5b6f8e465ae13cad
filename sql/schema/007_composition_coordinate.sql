-- Where each source would put its concepts on the unit sphere S3: charts of their own, made on request from
-- the layout of all, so that they go with it.

CREATE TABLE hartonomous.composition_coordinate (
    composition_id uuid NOT NULL,
    content_id integer NOT NULL REFERENCES hartonomous.content (content_id) ON DELETE CASCADE,
    x double precision NOT NULL,
    y double precision NOT NULL,
    z double precision NOT NULL,
    w double precision NOT NULL,
    component integer NOT NULL DEFAULT 0 CHECK (component >= 0),
    PRIMARY KEY (composition_id, content_id),
    CHECK (abs(x * x + y * y + z * z + w * w - 1) < 1e-6)
);

-- deletions look for one source's coordinates
CREATE INDEX composition_coordinate_content_id_idx ON hartonomous.composition_coordinate (content_id);

COMMENT ON TABLE hartonomous.composition_coordinate IS 'Where one source''s own chart puts one concept on the sphere S3, in the frame of the layout.';
COMMENT ON COLUMN hartonomous.composition_coordinate.composition_id IS 'The concept.';
COMMENT ON COLUMN hartonomous.composition_coordinate.content_id IS 'The source whose chart this is.';
COMMENT ON COLUMN hartonomous.composition_coordinate.x IS 'First coordinate of the unit quaternion.';
COMMENT ON COLUMN hartonomous.composition_coordinate.y IS 'Second coordinate.';
COMMENT ON COLUMN hartonomous.composition_coordinate.z IS 'Third coordinate.';
COMMENT ON COLUMN hartonomous.composition_coordinate.w IS 'Fourth coordinate.';
COMMENT ON COLUMN hartonomous.composition_coordinate.component IS
'Connected part of the source''s graph, 0 for the largest; how those lie to one another says nothing.';
