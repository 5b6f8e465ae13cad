-- Evidence, the only truth: whom a site of a source relates to a concept, how strongly. One row is
-- one concept's list at one site, or its lists at a group of sites one behind the other. Relations,
-- their sums and ratings are computed from lists when asked, so nothing that is stored can be stale.
-- Every concept that a source names has a row of its own there, an empty one where it lists nobody:
-- who is still needed when a source goes is then a look into one index.

CREATE TABLE hartonomous.relation_list (
    composition_number integer NOT NULL CHECK (composition_number > 0),
    content_id integer NOT NULL,
    site_id integer NOT NULL,
    relation_type_id integer NOT NULL,
    neighbours integer[] NOT NULL,
    weights integer[] NOT NULL,
    cut integer NOT NULL DEFAULT 0 CHECK (cut BETWEEN 0 AND 1048576),
    PRIMARY KEY (composition_number, content_id, site_id, relation_type_id),
    -- a null among them makes the comparisons null
    CHECK (
        (
            cardinality(neighbours) = cardinality(weights)
            AND 0 <= ALL (neighbours)
            AND -1 <= ALL (weights)
            AND 1048576 >= ALL (weights)
        ) IS TRUE
    )
) PARTITION BY RANGE (content_id);

CREATE TABLE hartonomous.relation_list_shared PARTITION OF hartonomous.relation_list
FOR VALUES FROM (1073741824) TO (MAXVALUE);

CREATE INDEX relation_list_shared_content_id_idx ON hartonomous.relation_list_shared (content_id);

-- nothing is planned by what stands inside the arrays, and to count it would take longer than a load
ALTER TABLE hartonomous.relation_list ALTER COLUMN neighbours SET STATISTICS 0;
ALTER TABLE hartonomous.relation_list ALTER COLUMN weights SET STATISTICS 0;
ALTER TABLE hartonomous.relation_list_shared ALTER COLUMN neighbours SET STATISTICS 0;
ALTER TABLE hartonomous.relation_list_shared ALTER COLUMN weights SET STATISTICS 0;

COMMENT ON TABLE hartonomous.relation_list IS
'What one site, or a group of sites of one layer, says of one concept; large sources have a partition of their own.';
COMMENT ON COLUMN hartonomous.relation_list.composition_number IS 'The concept whose list it is.';
COMMENT ON COLUMN hartonomous.relation_list.content_id IS 'The source that says so.';
COMMENT ON COLUMN hartonomous.relation_list.site_id IS 'The site, or the first site of the group.';
COMMENT ON COLUMN hartonomous.relation_list.relation_type_id IS 'The type of the relations.';
COMMENT ON COLUMN hartonomous.relation_list.neighbours IS
'Numbers of the concepts it is related to, the nearest first; 0 where nobody is, or not any more.';
COMMENT ON COLUMN hartonomous.relation_list.weights IS
'How strongly, 0 to 2^20, so that sums are exact in any order; -1 says that the relation does not hold.';
COMMENT ON COLUMN hartonomous.relation_list.cut IS
'Weight of the last neighbour when the list was mined: what any concept is near to; 0 of lists that don''t rank. No part of the fingerprint.';
