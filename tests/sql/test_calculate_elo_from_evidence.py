"""The evidence formula: 1500 + min(1000, 0.1 n) + 500 mean weight + min(200, 20 sources)."""

from __future__ import annotations

import pytest
from planted_relations import load


@pytest.mark.parametrize(
    ("count", "mean_weight", "sources", "elo"),
    [
        (8627, 0.91, 4, 2897.7),
        (3, 0.45, 1, 1745.3),
        (1, 1.0, 1, 2020.1),
        (1_000_000, 0.0, 1, 2520.0),  # the volume counts up to 1,000 points
        (1, 0.0, 50, 1700.1),  # the sources up to 200
    ],
)
def test_worked_examples(connection, count, mean_weight, sources, elo):
    weight_sum = round(count * mean_weight * 2**20)
    row = connection.execute(
        "SELECT elo_from_evidence(%s, %s, %s)", [count, weight_sum, sources]
    ).fetchone()
    assert row[0] == pytest.approx(elo, abs=1e-3)


def test_counts_every_site_of_every_source(connection):
    load(connection, "model:a", [("king", "queen", 0.5)], sites=("head1", "head2"))
    load(connection, "model:b", [("king", "queen", 0.2)])
    row = connection.execute(
        "SELECT calculate_elo_from_evidence(relation_id), elo_score FROM neighbors('king')"
    ).fetchone()
    assert row[0] == pytest.approx(1500 + 0.3 + 500 * (0.5 + 0.5 + 0.2) / 3 + 40, abs=1e-3)
    assert row[1] == row[0]


def test_every_rating_is_what_its_evidence_adds_up_to(connection):
    load(connection, "model:a", [("a", "b", 0.123), ("b", "a", 0.3), ("a", "c", 1)])
    load(connection, "model:b", [("a", "b", 0.777), ("c", "a", 0)])
    load(connection, "note", [("a", "b", 0.4)], kind="document")
    rated = connection.execute(
        "SELECT count(*), count(*) FILTER"
        " (WHERE elo_score <> calculate_elo_from_evidence(relation_id)) FROM relation"
    ).fetchone()
    assert rated == (4, 0)


def test_a_relation_without_evidence_has_no_rating(connection):
    row = connection.execute(
        "SELECT calculate_elo_from_evidence(relation_id(gen_random_uuid(), gen_random_uuid()))"
    ).fetchone()
    assert row == (None,)
