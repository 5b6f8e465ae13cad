"""Who lists a concept: the other side of its relations."""

from __future__ import annotations

import psycopg
import pytest
from planted_relations import load


@pytest.fixture
def substrate(connection):
    load(
        connection, "model:a", [("king", "queen", 0.5), ("man", "queen", 0.75), ("queen", "man", 1)]
    )
    load(connection, "model:b", [("king", "queen", 0.5), ("boy", "queen", 0.25)])
    load(connection, "note", [("verb", "queen", 0.5)], kind="document", relation_type="precedes")
    return connection


def towards(connection, *arguments):
    marks = ", ".join([*["%s"] * len(arguments), "towards => true"])
    rows = connection.execute(f"SELECT neighbor FROM neighbors({marks})", arguments)
    return [neighbor for (neighbor,) in rows]


def test_names_who_lists_it_best_rated_first(substrate):
    assert towards(substrate, "queen") == ["man", "king", "boy"]
    assert towards(substrate, "queen", 1) == ["man"]
    assert towards(substrate, "queen", 10, "precedes") == ["verb"]
    assert towards(substrate, "king") == []
    with pytest.raises(psycopg.Error, match="no concept 'nobody'"):
        towards(substrate, "nobody")


def test_rates_as_the_relation_is_rated(substrate):
    rows = substrate.execute(
        "SELECT n.elo_score = r.elo_score, n.evidence_count = r.evidence_count"
        " FROM neighbors('queen', towards => true) n JOIN relation r USING (relation_id)"
    ).fetchall()
    assert rows == [(True, True)] * 3


def test_quarantined_sources_do_not_count(substrate):
    substrate.execute("SELECT quarantine_source('model:b')")
    assert towards(substrate, "queen") == ["man", "king"]
