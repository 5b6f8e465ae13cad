"""The views source, evidence and relation_rating, and the classic query over them."""

from __future__ import annotations

import pytest
from planted_relations import load

#: As a user wrote it.
CLASSIC = """
SELECT r.*, rr.elo_score
FROM relation r
JOIN relation_rating rr USING (relation_id)
JOIN composition ca ON r.composition_a_id = ca.composition_id
WHERE ca.hash = blake3('king')
ORDER BY rr.elo_score DESC
LIMIT 10;
"""


def test_the_classic_query_runs_as_written(connection):
    load(connection, "model:a", [("king", f"w{i}", i / 20) for i in range(1, 15)])
    ratings = [row[-1] for row in connection.execute(CLASSIC).fetchall()]
    neighbors = connection.execute("SELECT elo_score FROM neighbors('king', 10)").fetchall()
    assert ratings == [elo for (elo,) in neighbors]
    assert len(ratings) == 10


def test_source_says_what_was_loaded(connection):
    load(connection, "model:a", [("a", "b", 0.5), ("b", "a", 0.5)], sites=("head1", "head2"))
    load(connection, "note", [("a", "b", 0.5)], kind="document")
    rows = connection.execute(
        "SELECT source_identifier, kind, state, is_personal, site_count, evidence_count,"
        " length(fingerprint) FROM source ORDER BY 1"
    ).fetchall()
    assert rows == [
        ("model:a", "model", "live", False, 2, 4, 64),
        ("note", "document", "live", False, 1, 1, 64),
    ]


def test_evidence_shows_names(connection):
    load(connection, "model:a", [("a", "##b", 0.5)])
    rows = connection.execute(
        "SELECT a, relation_type, b, source_identifier, site_position, weight, rank FROM evidence"
    ).fetchall()
    assert rows == [("a", "related", "##b", "model:a", "embedding", 0.5, 1)]


def test_evidence_leaves_quarantined_sources_out(connection):
    load(connection, "model:a", [("a", "b", 0.5)])
    connection.execute("UPDATE content SET state = 'quarantined'")
    assert connection.execute("SELECT count(*) FROM evidence").fetchone() == (0,)


@pytest.mark.parametrize("sites", [("embedding",), ("head1", "head2", "head3")])
def test_relation_rating_counts_the_evidence(connection, sites):
    load(connection, "model:a", [("a", "b", 0.5), ("b", "c", 0.25)], sites=sites)
    load(connection, "model:b", [("a", "b", 0.125)])
    counted = connection.execute(
        "SELECT count(*), count(DISTINCT content_id), sum(round(weight * 1048576)::bigint)"
        " FROM relation_evidence GROUP BY relation_id ORDER BY relation_id"
    ).fetchall()
    stored = connection.execute(
        "SELECT evidence_count, source_count, weight_sum FROM relation_rating ORDER BY relation_id"
    ).fetchall()
    assert stored == counted
