"""What is out of range, empty or far too long ends as one line of ours."""

from __future__ import annotations

import psycopg
import pytest
from planted_relations import load

from hartonomous.store.failures import first_line

OPEN = "SELECT open_source({}, {}, {})"
DIGEST = "decode(repeat('00', 32), 'hex')"
REFUSED = [
    "SELECT suggest_labels('king', -1)",
    "SELECT sphere_map(-1)",
    "SELECT recent_changes(-1)",
    "SELECT recent_changes(NULL)",
    "SELECT list_subjects(0)",
    "SELECT compare_snapshots('a', 'a', -1)",
    OPEN.format("NULL", "'model'", DIGEST),
    OPEN.format("''", "'model'", DIGEST),
    OPEN.format("'x'", "NULL", DIGEST),
    OPEN.format("'x'", "'Model!'", DIGEST),
    OPEN.format("'x'", "'model'", "NULL"),
    OPEN.format("'x'", "'model'", "'abc'"),
    OPEN.format("repeat('x', 1000000)", "'model'", DIGEST),
    f"SELECT open_source('x', 'model', {DIGEST}, '')",
    f"SELECT open_source('x', 'model', {DIGEST}, repeat('x', 1000000))",
    f"SELECT open_source('x', 'model', {DIGEST}, NULL, 0, '2020-01-01')",
    "SELECT ensure_subject('')",
    "SELECT snapshot_ratings('')",
    "SELECT snapshot_ratings(repeat('x', 1000000))",
    "SELECT mark_source('model:a', repeat('x', 1000000))",
    "SELECT compare_fingerprints('\"text\"')",
    "SELECT compare_fingerprints('[1]')",
    "SELECT compare_fingerprints(NULL)",
    "SELECT add_evidence('x', 'king', 'queen', 0.5, site => repeat('x', 1000000))",
    "SELECT add_evidence(repeat('x', 1000000), 'king', 'queen', 0.5)",
    "SELECT add_evidence('x', 'king', 'queen', 0.5, subject => '')",
    "SELECT record_feedback(repeat('x', 1000000), 'king', 'queen', 'accept')",
    "SELECT record_feedback('x', 'king', 'queen', repeat('x', 1000000))",
    "SELECT delete_source(repeat('x', 1000000))",
    "SELECT delete_source(NULL)",
    "SELECT delete_repository(NULL)",
    "SELECT delete_repository(repeat('x', 1000000))",
    "SELECT intent_to_code(repeat('x', 1000000))",
    "SELECT intent_to_code(NULL)",
    "SELECT intent_to_code('king', 0)",
    "SELECT search(NULL)",
    "SELECT search('king', 1001)",
    "SELECT expand_query('')",
    "SELECT expand_query('king', 0)",
    "SELECT delete_subject(repeat('x', 1000000))",
    "SELECT quarantine_source(NULL)",
]


@pytest.fixture
def substrate(connection):
    connection.autocommit = True
    load(connection, "model:a", [("king", "queen", 0.5)])
    connection.execute("SELECT snapshot_ratings('a')")
    return connection


@pytest.mark.parametrize("statement", REFUSED)
def test_it_is_refused_in_one_short_line_of_ours(substrate, statement):
    with pytest.raises(psycopg.DatabaseError) as caught:
        substrate.execute(statement)
    assert caught.value.sqlstate.startswith("HT")
    assert "\n" not in str(caught.value.diag.message_primary)
    assert len(first_line(caught.value)) < 250


@pytest.mark.parametrize(
    "rating",
    [
        "expected_score('1e308')", "expected_score('-1e308')", "expected_score('infinity')",
        "expected_score(-200000)", "distance_to_elo('1e308')", "distance_to_elo('-1e308')",
        "elo_from_evidence(9223372036854775807, 9223372036854775807, 1, 9223372036854775807)",
        "elo_from_evidence(0, 0, 0, 0)",
    ],
)  # fmt: skip
def test_no_rating_overflows(connection, rating):
    connection.execute(f"SELECT {rating}")


def test_ratings_in_range_are_what_they_were(connection):
    row = connection.execute(
        "SELECT expected_score(1900), distance_to_elo(0.25), elo_from_evidence(3, 786432, 1)"
    ).fetchone()
    assert row == (1 / (1 + 10 ** ((1500 - 1900) / 400)), 1875.0, 1500 + 0.1 * 3 + 125 + 20)


@pytest.mark.parametrize(
    "change",
    [
        "delete_source('no such')", "delete_model('no such')", "delete_subject('no such')",
        "delete_concept('{no such}')", "quarantine_source('no such')", "restore_source('no such')",
        "mark_source('no such', 'x')", "drop_snapshot('no such')", "snapshot_ratings('')",
        "record_feedback('x', 'no such', 'king', 'accept')", "open_source('', 'model', '')",
        "record_feedback('x', 'king', 'kin\u0067', 'accept')",
        "record_feedback('x', 'king', 'queen', 'correct', 'unwanted')", "snapshot_ratings('a')",
        f"open_source('model:a', 'document', {DIGEST})", "summarise_relations(-1)",
        "summarise_relations(NULL)", "add_evidence('x', 'king', 'king', 0.5)",
        "add_evidence('x', 'caf\u00e9', 'cafe\u0301', 0.5)", "add_evidence('x', 'king', '', 0.5)",
        "add_evidence('x', 'king', NULL, 0.5)", "add_evidence('x', 'king', 'queen', 2)",
        "add_evidence('x', 'king', 'unwanted', 0.5)", "add_evidence('', 'king', 'queen', 0.5)",
        "add_evidence('model:a', 'king', 'queen', 0.5)", "add_evidence('hand', 'king', 'ox', 0.5)",
        "add_evidence('hand', 'king', 'queen', 0.5, subject => 'nobody')",
        "add_evidence('x', 'king', 'queen', 0.5, 'likes')",
        "open_layout(-1)",
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_before_others_are_waited_for(substrate, dsn, change):
    substrate.execute("SELECT add_evidence('hand', 'king', 'ox', 0.25)")
    substrate.execute("SELECT delete_concept('{unwanted}', forget => TRUE)")
    with psycopg.connect(dsn) as other:
        other.execute("SELECT hartonomous.lock_writer()")
        substrate.execute("SET statement_timeout = '5s'")
        with pytest.raises(psycopg.DatabaseError) as caught:
            substrate.execute(f"SELECT {change}")
        assert caught.value.sqlstate.startswith("HT")
