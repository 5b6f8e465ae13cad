from __future__ import annotations

import pytest
from planted_relations import load

from hartonomous.editing.deletion import delete_model
from hartonomous.editing.fingerprint import refresh_ratings, substrate_fingerprint, verify_ratings

A = [("king", "queen", 0.9), ("king", "man", 0.5)]
B = [("king", "queen", 0.7), ("dog", "cat", 0.5)]


@pytest.fixture
def both(connection):
    connection.autocommit = True
    load(connection, "model:a", A)
    load(connection, "model:b", B)
    return connection


def test_a_delete_by_hand_is_named_and_made_right(both):
    both.execute(
        "DELETE FROM relation_evidence WHERE content_id ="
        " (SELECT content_id FROM content WHERE source_identifier = 'model:b')"
    )
    problems = {(row.problem, row.a, row.b) for row in verify_ratings(both)}
    assert problems == {
        ("stale rating", "king", "queen"),
        ("relation without evidence", "dog", "cat"),
    }
    done = refresh_ratings(both)
    assert (done.relations_changed, done.relations_removed, done.concepts_removed) == (1, 1, 2)
    assert verify_ratings(both) == ()
    by_hand = substrate_fingerprint(both)
    load(both, "model:b", B)
    delete_model(both, "model:b")
    assert substrate_fingerprint(both) == by_hand


def test_a_changed_weight_is_named_and_made_right(both):
    both.execute("UPDATE relation_evidence SET weight = 0.25 WHERE weight = 0.5")
    assert {row.problem for row in verify_ratings(both)} == {"stale rating"}
    refresh_ratings(both)
    assert verify_ratings(both) == ()


def test_a_refresh_of_what_is_right_changes_nothing(both):
    before = substrate_fingerprint(both)
    done = refresh_ratings(both)
    assert (done.relations_changed, done.relations_removed, done.sources) == (0, 0, 0)
    assert substrate_fingerprint(both) == before


def test_nothing_is_left_after_all_evidence_was_truncated(both):
    both.execute("TRUNCATE relation_evidence")
    refresh_ratings(both)
    for table in ("content", "site", "relation", "composition"):
        assert both.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
