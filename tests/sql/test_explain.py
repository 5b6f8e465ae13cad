"""explain: every piece of evidence, both ways."""

from __future__ import annotations

import psycopg
import pytest
from planted_relations import load

EXPLAIN = """
SELECT from_label, to_label, relation_type, source_identifier, kind, site_position, weight, rank
FROM explain(%s, %s)
"""


def explain(connection, a, b):
    return connection.execute(EXPLAIN, [a, b]).fetchall()


def test_names_source_and_site_with_weight_and_rank(connection):
    load(connection, "model:a", [("king", "prince", 0.75), ("king", "queen", 0.5)])
    load(connection, "model:b", [("queen", "king", 0.25)], sites=("layer0-head1-qk", "embedding"))
    load(connection, "note", [("king", "queen", 0.125)], kind="document", relation_type="precedes")
    assert explain(connection, "king", "queen") == [
        ("king", "queen", "precedes", "note", "document", "embedding", 0.125, None),
        ("king", "queen", "related", "model:a", "model", "embedding", 0.5, 2),
        ("queen", "king", "related", "model:b", "model", "embedding", 0.25, 1),
        ("queen", "king", "related", "model:b", "model", "layer0-head1-qk", 0.25, 1),
    ]


def test_the_evidence_adds_up_to_the_rating(connection):
    load(connection, "model:a", [("king", "queen", 0.5)])
    load(connection, "model:b", [("king", "queen", 0.25)])
    rows = connection.execute(
        "SELECT DISTINCT elo_score, calculate_elo_from_evidence(relation_id)"
        " FROM explain('king', 'queen')"
    ).fetchall()
    assert rows == [(pytest.approx(1500 + 0.2 + 500 * 0.375 + 40), rows[0][0])]


def test_quarantined_evidence_is_left_out(connection):
    load(connection, "model:a", [("king", "queen", 0.5)])
    load(connection, "model:b", [("king", "queen", 0.25)])
    connection.execute(
        "UPDATE content SET state = 'quarantined' WHERE source_identifier = 'model:a'"
    )
    assert [row[3] for row in explain(connection, "king", "queen")] == ["model:b"]


def test_nothing_relates_them(connection):
    load(connection, "model:a", [("king", "queen", 0.5), ("prince", "queen", 0.5)])
    assert explain(connection, "king", "prince") == []


@pytest.mark.parametrize("pair", [("king", "nobody"), ("nobody", "king"), ("kingg", "queen")])
def test_an_unknown_concept_is_an_error(connection, pair):
    load(connection, "model:a", [("king", "queen", 0.5)])
    with pytest.raises(psycopg.Error, match=r"no concept '(nobody|kingg)'"):
        explain(connection, *pair)


def test_concepts_of_quarantined_sources_only_are_unknown(connection):
    load(connection, "model:a", [("king", "queen", 0.5)])
    load(connection, "model:b", [("kong", "queen", 0.5)])
    connection.execute("SELECT quarantine_source('model:b')")
    with pytest.raises(psycopg.Error, match="no concept 'kong'"):
        explain(connection, "queen", "kong")
