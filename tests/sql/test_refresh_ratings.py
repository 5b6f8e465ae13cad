"""What is wrong in what is stored is named by verify_ratings and taken away by refresh_ratings."""

from __future__ import annotations

import pytest
from planted_relations import load

from hartonomous.editing.deletion import delete_concept, delete_model, delete_source
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.state import quarantine_source
from hartonomous.editing.verification import refresh_ratings, verify_ratings

A = [("king", "queen", 0.9), ("king", "man", 0.5)]
B = [("king", "queen", 0.7), ("dog", "cat", 0.5)]
OF_B = "(SELECT content_id FROM content WHERE source_identifier = 'model:b')"


@pytest.fixture
def both(connection):
    connection.autocommit = True
    load(connection, "model:a", A)
    load(connection, "model:b", B)
    return connection


def problems(connection):
    return {(row.problem, row.label, row.source_identifier) for row in verify_ratings(connection)}


def refreshed(connection):
    """Fingerprint after a refresh, which has to leave nothing to be named."""
    refresh_ratings(connection)
    assert verify_ratings(connection) == ()
    return substrate_fingerprint(connection)


def without_b(connection):
    """Fingerprint of the other model alone."""
    if connection.execute(f"SELECT {OF_B}").fetchone() == (None,):
        load(connection, "model:b", B)
    delete_model(connection, "model:b")
    return substrate_fingerprint(connection)


def test_lists_that_went_by_hand_are_named_and_made_right(both):
    both.execute(f"DELETE FROM relation_list WHERE content_id = {OF_B}")
    assert problems(both) == {
        ("site without evidence", "embedding", "model:b"),
        ("concept without a relation", "dog", None),
        ("concept without a relation", "cat", None),
    }
    done = refresh_ratings(both)
    assert (done.sources, done.sites, done.concepts_removed) == (1, 1, 2)
    assert verify_ratings(both) == ()
    assert substrate_fingerprint(both) == without_b(both)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("DELETE FROM content WHERE content_id = {}", ("list without a source", None, None)),
        ("DELETE FROM site WHERE content_id = {}", ("list without a site", None, "model:b")),
    ],
)
def test_lists_of_nobody_are_named_and_go(both, change, problem):
    both.execute(change.format(OF_B))
    assert problem in problems(both)
    (row,) = (row for row in verify_ratings(both) if row.problem == problem[0])
    assert row.occurrences == 4, "one list of each concept"
    assert refreshed(both) == without_b(both)


def test_a_number_that_names_no_concept_is_named_and_its_place_emptied(both):
    both.execute("DELETE FROM composition WHERE label = 'queen'")
    assert problems(both) == {
        ("number that names no concept", None, "model:a"),
        ("number that names no concept", None, "model:b"),
    }
    done = refresh_ratings(both)
    assert done.evidence == 2
    assert verify_ratings(both) == ()
    ranks = both.execute("SELECT a, b, source_identifier, rank FROM evidence").fetchall()
    assert sorted(ranks) == [("dog", "cat", "model:b", 1), ("king", "man", "model:a", 2)]
    by_hand = substrate_fingerprint(both)
    delete_model(both, "model:a")
    delete_model(both, "model:b")
    load(both, "model:a", A)
    load(both, "model:b", B)
    delete_concept(both, ["queen"])
    assert substrate_fingerprint(both) == by_hand


def test_a_concept_that_a_source_gives_no_row_is_named_and_gets_one(both):
    before = substrate_fingerprint(both)
    both.execute(
        f"DELETE FROM relation_list AS l USING composition AS c WHERE l.content_id = {OF_B}"
        " AND c.composition_number = l.composition_number AND c.label IN ('queen', 'cat')"
    )
    assert problems(both) == {
        ("concept that a source lists and gives no row", "queen", None),
        ("concept that a source lists and gives no row", "cat", None),
        ("concept without a relation", "cat", None),
    }
    assert refreshed(both) == before
    delete_model(both, "model:a")
    assert verify_ratings(both) == ()
    assert both.execute("SELECT neighbor FROM neighbors('king')").fetchall() == [("queen",)]


@pytest.mark.parametrize("number", [77, (1 << 30) + 77])
def test_a_source_without_a_site_is_named_and_goes(both, number):
    expected = substrate_fingerprint(both)
    both.execute(
        "INSERT INTO content (content_id, source_identifier, kind, fingerprint)"
        " VALUES (%s, 'model:empty', 'model', sha256(''))",
        [number],
    )
    assert problems(both) == {("source without a site", None, "model:empty")}
    assert refreshed(both) == expected


SUMS = [
    "UPDATE relation_summary SET weight_sums[1] = weight_sums[1] + 1",
    "UPDATE relation_summary SET evidence_counts[1] = 7",
    "UPDATE relation_summary SET source_counts[1] = 7",
    "UPDATE relation_summary SET rejection_counts = array_fill(1, ARRAY[relation_count])",
    "UPDATE relation_summary SET neighbours[1] = neighbours[1] + 1",
]
FIGURES = [
    "UPDATE relation_summary SET best_elo = 1",
    "UPDATE relation_summary SET relation_count = 7",
    "UPDATE relation_list SET weights[1] = 7 WHERE neighbours <> '{}'",
    "UPDATE relation_list SET neighbours[1] = 0, weights[1] = 0 WHERE cardinality(neighbours) = 2",
]


@pytest.mark.parametrize(
    ("minimum", "change"),
    [(0, change) for change in SUMS + FIGURES] + [(1000, change) for change in FIGURES],
)
def test_a_wrong_summary_is_named_and_goes(both, minimum, change):
    both.execute("SELECT summarise_relations(%s)", [minimum])
    assert verify_ratings(both) == ()
    both.execute(change)
    assert {problem for problem, _, _ in problems(both)} == {"wrong summary"}
    refreshed(both)
    assert both.execute("SELECT count(*) FROM relation_summary").fetchone() == (0,)


def test_a_summary_of_nobody_is_named_and_goes(both):
    both.execute("SELECT summarise_relations(0)")
    both.execute(
        "INSERT INTO relation_summary (composition_number, relation_type_id, content_ids,"
        " relation_count) VALUES (77, relation_type_id('related'), '{1}', 0)"
    )
    assert problems(both) == {("wrong summary", None, None)}
    refreshed(both)


def test_a_summary_of_quarantined_sources_is_not_wrong(both):
    both.execute("SELECT summarise_relations(0)")
    quarantine_source(both, "model:b")
    assert verify_ratings(both) == ()


def test_ratings_follow_a_changed_weight_at_once(both):
    both.execute("UPDATE relation_list SET weights[2] = 262144 WHERE weights[2] = 524288")
    assert (
        both.execute(
            "SELECT elo_score, calculate_elo_from_evidence(relation_id) FROM neighbors('king')"
            " WHERE neighbor = 'man'"
        ).fetchone()
        == (pytest.approx(1645.1),) * 2
    )
    assert verify_ratings(both) == ()


def test_a_refresh_of_what_is_right_changes_nothing(both):
    load(both, "note", B, kind="document")
    before = substrate_fingerprint(both)
    done = refresh_ratings(both)
    assert (done.evidence, done.sites, done.sources, done.concepts_removed) == (0, 0, 0, 0)
    assert substrate_fingerprint(both) == before
    delete_source(both, "note")
    assert verify_ratings(both) == ()


def test_nothing_is_left_after_all_evidence_was_truncated(both):
    both.execute("TRUNCATE relation_list")
    refresh_ratings(both)
    for table in ("content", "site", "relation", "composition"):
        assert both.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
