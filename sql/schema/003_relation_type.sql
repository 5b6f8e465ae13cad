-- The kinds of relation, and what names one relation: its two concepts and its type.

-- A type's number is made from its name, so that databases which learnt types in another order
-- agree. SQL language, so that it is inlined where it is used.
CREATE FUNCTION hartonomous.relation_type_id(p_name text)
RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT ('x' || encode(substring(sha256(convert_to(p_name, 'UTF8')) FROM 1 FOR 4), 'hex'))::bit(32)::integer
        & 2147483647
$$;

COMMENT ON FUNCTION hartonomous.relation_type_id(text) IS
'Number of the relation type with this name: 31 bits of the SHA-256 of the name.';

CREATE TABLE hartonomous.relation_type (
    relation_type_id integer PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (octet_length(name) BETWEEN 1 AND 32),
    is_symmetric boolean NOT NULL,
    description text NOT NULL DEFAULT '',
    is_built_in boolean NOT NULL DEFAULT FALSE
);

INSERT INTO hartonomous.relation_type (relation_type_id, name, is_symmetric, description, is_built_in)
SELECT hartonomous.relation_type_id(t.name), t.name, t.is_symmetric, t.description, TRUE
FROM (
    VALUES
    ('related', TRUE, 'near in some vector space, or seen together'),
    ('precedes', FALSE, 'comes right before in running text'),
    ('contains', FALSE, 'has the other as a part'),
    ('calls', FALSE, 'code that calls other code'),
    ('depicts', FALSE, 'an image that shows the concept'),
    ('above', FALSE, 'lies above in an image')
) AS t (name, is_symmetric, description);

COMMENT ON TABLE hartonomous.relation_type IS 'The kinds of relation; every vector site feeds related, and sources bring more by name.';
COMMENT ON COLUMN hartonomous.relation_type.relation_type_id IS 'Number of the type, made from its name and so the same in every database.';
COMMENT ON COLUMN hartonomous.relation_type.name IS 'Name of the type; it is part of each relation''s identity.';
COMMENT ON COLUMN hartonomous.relation_type.is_symmetric IS 'Whether a to b says the same as b to a.';
COMMENT ON COLUMN hartonomous.relation_type.description IS 'What the type says of a and b; empty where a source brought it.';
COMMENT ON COLUMN hartonomous.relation_type.is_built_in IS 'Whether it is there without any source; others go with the last evidence of them.';

-- A relation is stored nowhere but in the lists of those who hold it, so its id says where to look.
CREATE TYPE hartonomous.relation_key AS (
    composition_a_id uuid,
    composition_b_id uuid,
    relation_type_id integer
);

COMMENT ON TYPE hartonomous.relation_key IS
'Id of a relation, the same in every database: the concept it starts from, the one it leads to, its type.';
COMMENT ON COLUMN hartonomous.relation_key.composition_a_id IS 'The concept the relation starts from.';
COMMENT ON COLUMN hartonomous.relation_key.composition_b_id IS 'The concept the relation leads to.';
COMMENT ON COLUMN hartonomous.relation_key.relation_type_id IS 'The type of the relation.';

-- Inlined, so that a condition on a relation's id becomes three conditions, which reach the indexes.
CREATE FUNCTION hartonomous_internal.relation_keys_equal(
    p_left hartonomous.relation_key, p_right hartonomous.relation_key
)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT (p_left).composition_a_id = (p_right).composition_a_id
        AND (p_left).composition_b_id = (p_right).composition_b_id
        AND (p_left).relation_type_id = (p_right).relation_type_id
$$;

COMMENT ON FUNCTION hartonomous_internal.relation_keys_equal(hartonomous.relation_key, hartonomous.relation_key) IS
'Internal: the operator = of relation ids.';

CREATE OPERATOR hartonomous.= (
    LEFTARG = hartonomous.relation_key,
    RIGHTARG = hartonomous.relation_key,
    FUNCTION = hartonomous_internal.relation_keys_equal,
    COMMUTATOR = OPERATOR(hartonomous.=),
    RESTRICT = eqsel,
    JOIN = eqjoinsel
);

COMMENT ON OPERATOR hartonomous.= (hartonomous.relation_key, hartonomous.relation_key) IS
'Whether two ids name one relation.';
