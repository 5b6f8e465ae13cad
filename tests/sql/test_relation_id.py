"""A relation's id is its two concepts and its type, the same in every database."""

from __future__ import annotations

import hashlib

import pytest
from planted_relations import load


@pytest.mark.parametrize("name", ["related", "precedes", "ähnlich", ""])
def test_the_number_of_a_type_is_made_from_its_name(connection, name):
    (number,) = connection.execute("SELECT relation_type_id(%s)", [name]).fetchone()
    digest = hashlib.sha256(name.encode()).digest()
    assert number == int.from_bytes(digest[:4], "big") & 0x7FFF_FFFF


def test_types_carry_the_numbers_of_their_names(connection):
    rows = connection.execute(
        "SELECT name FROM relation_type WHERE relation_type_id <> relation_type_id(name)"
    ).fetchall()
    assert rows == []


def test_ids_meet_whichever_way_they_are_come_by(connection):
    load(connection, "model:a", [("king", "queen", 0.5), ("queen", "king", 0.5)])
    made = "relation_id(composition_id('king'), composition_id('queen'))"
    for table in ("relation", "relation_rating", "relation_evidence", "neighbors('king')"):
        rows = connection.execute(f"SELECT count(*) FROM {table} WHERE relation_id = {made}")
        assert rows.fetchone() == (1,), table


def test_an_id_leads_in_one_direction_and_is_of_one_type(connection):
    load(connection, "model:a", [("king", "queen", 0.5)])
    for other in (
        "relation_id(composition_id('queen'), composition_id('king'))",
        "relation_id(composition_id('king'), composition_id('queen'), 'precedes')",
    ):
        rows = connection.execute(f"SELECT count(*) FROM relation WHERE relation_id = {other}")
        assert rows.fetchone() == (0,)


def test_the_hash_of_a_relation_is_made_of_its_concepts(connection):
    load(connection, "model:a", [("king", "queen", 0.5)])
    rows = connection.execute(
        "SELECT relation_hash(relation_id) = blake3(blake3('king') || blake3('queen'))"
        " FROM relation"
    ).fetchall()
    assert rows == [(True,)]
