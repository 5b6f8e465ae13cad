"""Ids of relations are the same in SQL as in Python, and begin with their first concept."""

from __future__ import annotations

import uuid

import numpy as np
import pytest
from blake3 import blake3 as reference
from planted_relations import load

from hartonomous.relations import relation_ids

A, B = uuid.UUID(int=0x1234 << 64 | 5), uuid.UUID(int=0xFEDC << 100 | 7)


@pytest.mark.parametrize("relation_type", ["related", "precedes", "above"])
def test_equals_the_id_that_python_gives(connection, relation_type):
    a, b = (np.frombuffer(x.bytes, dtype=np.uint8).reshape(1, 16) for x in (A, B))
    row = connection.execute("SELECT relation_id(%s, %s, %s)", [A, B, relation_type]).fetchone()
    assert row[0].bytes == relation_ids(a, b, relation_type).tobytes()


def test_relations_of_a_concept_lie_together(connection):
    row = connection.execute("SELECT relation_id(%s, %s, 'related')", [A, B]).fetchone()
    assert row[0].bytes[:8] == A.bytes[:8]


def test_direction_and_type_make_another_relation(connection):
    rows = connection.execute(
        "SELECT relation_id(a, b, t) FROM (VALUES"
        " (%(a)s::uuid, %(b)s::uuid, 'related'), (%(b)s, %(a)s, 'related'), (%(a)s, %(b)s, 'calls')"
        ") AS v (a, b, t)",
        {"a": A, "b": B},
    ).fetchall()
    assert len(set(rows)) == 3


def test_relation_hash_is_blake3_of_both_hashes(connection):
    load(connection, "model:a", [("king", "queen", 0.5)])
    row = connection.execute(
        "SELECT relation_hash(relation_id(composition_id('king'), composition_id('queen')))"
    ).fetchone()
    both = reference(b"king").digest() + reference(b"queen").digest()
    assert row[0] == reference(both).digest()


def test_relation_hash_of_an_unknown_relation_is_null(connection):
    assert connection.execute("SELECT relation_hash(%s)", [A]).fetchone() == (None,)
