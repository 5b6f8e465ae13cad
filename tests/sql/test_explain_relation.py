"""explain_relation: every piece of evidence, both ways."""

from __future__ import annotations

import pytest
from planted_relations import load

EXPLAIN = """
SELECT from_label, to_label, relation_type, source_identifier, kind, site_position, weight, rank
FROM explain_relation(%s, %s)
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
        " FROM explain_relation('king', 'queen')"
    ).fetchall()
    assert rows == [(pytest.approx(1500 + 0.2 + 500 * 0.375 + 40), rows[0][0])]


def test_quarantined_evidence_is_left_out(connection):
    load(connection, "model:a", [("king", "queen", 0.5)])
    load(connection, "model:b", [("king", "queen", 0.25)])
    connection.execute(
        "UPDATE content SET state = 'quarantined' WHERE source_identifier = 'model:a'"
    )
    assert [row[3] for row in explain(connection, "king", "queen")] == ["model:b"]


@pytest.mark.parametrize("pair", [("king", "nobody"), ("nobody", "king"), ("king", "prince")])
def test_nothing_relates_them(connection, pair):
    load(connection, "model:a", [("king", "queen", 0.5), ("prince", "queen", 0.5)])
    assert explain(connection, *pair) == []
