-- What a list has to reach before it says more than noise: every list has a nearest neighbour, also
-- that of a word the model never learnt.

CREATE TABLE hartonomous.source_floor (
    content_id integer PRIMARY KEY REFERENCES hartonomous.content (content_id) ON DELETE CASCADE,
    strength integer NOT NULL CHECK (strength >= 0),
    contrast integer NOT NULL
);

COMMENT ON TABLE hartonomous.source_floor IS
'Per source that votes, what most of its lists reach, from an eighth of its concepts. None where it has too few.';
COMMENT ON COLUMN hartonomous.source_floor.content_id IS 'The source.';
COMMENT ON COLUMN hartonomous.source_floor.strength IS
'Least mean weight of the first ten of a list, in units of 2^-20: what the middle list ends with.';
COMMENT ON COLUMN hartonomous.source_floor.contrast IS
'Least distance of that mean above the list''s cut, in millionths of the cut: two fifths of the median.';
